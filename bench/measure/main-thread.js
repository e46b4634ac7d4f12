// (b2) How long a start keeps the main thread from everything else: what a visitor feels who scrolls or types meanwhile.
import { CACHES, byMode, sampled } from "../lib/visit.js";
import { summary } from "../lib/stats.js";

export const engines = ["chromium"];

const PROFILES = [
  { id: "1x", title: "", rate: 1, rounds: 7 },
  { id: "20x", title: ", CPU throttled 20 times", rate: 20, rounds: 7 },
];

/** What Chromium calls the running of scripts, within a task. */
const SCRIPT = /^(v8\.|EvaluateScript$|FunctionCall$|RunMicrotasks$|BlinkScheduler_PerformMicrotaskCheckpoint$|TimerFire$|EventDispatch$)/;
const LONG_MS = 50;

export const run = (bench) => byMode(bench, ofMode);

async function ofMode(bench, mode, clients) {
  const samples = await sampled(bench, clients, PROFILES, look);
  const kinds = ["longest", "beyond"];
  const names = { longest: "longest task", beyond: `beyond ${LONG_MS} ms` };
  return PROFILES.map(({ id, title }, index) => ({
    id: `main-thread-${mode}-${id}`,
    title: `Main thread, mode \`${mode}\`${title}`,
    how:
      "The scripts of a start, task by task, by Chromium's trace, from the first of them until the first call is through and all is there that loads beside it. " +
      `Longest task: the time of the scripts in one task. Beyond ${LONG_MS} ms: the sum of what each task takes above that. Cold and warm as for the cold start.`,
    unit: "ms",
    digits: 1,
    columns: kinds.flatMap((kind) => CACHES.map((cache) => `${names[kind]}, ${cache}`)),
    plotted: [0, 1],
    rows: clients.map(({ id, about }) => ({
      client: id,
      label: about.name,
      cells: kinds.flatMap((kind) => CACHES.map((cache) => summary(samples.get(id)[index].map((visit) => visit[cache][kind])))),
    })),
  }));
}

async function look(page, go) {
  const events = await page.traced(async () => {
    await go();
    await page.run(isThere);
  });
  const times = scriptTimes(events, page.url());
  return {
    longest: Math.max(0, ...times),
    beyond: times.reduce((sum, time) => sum + Math.max(0, time - LONG_MS), 0),
  };
}

/** In the page. */
async function isThere() {
  const settled = await globalThis.finished;
  await settled();
}

/** For each task of the page's main thread, how many ms its scripts took. */
function scriptTimes(events, url) {
  // Not `CommitLoad`: a process that is new to the page may begin to trace after it, and even after the few lines of the page itself.
  const { origin } = new URL(url);
  const isOurs = ({ name, args }) => /^(EvaluateScript|v8\.(compile|evaluateModule))/.test(name) && args.data?.url?.startsWith(origin);
  const [started] = events.filter(isOurs).sort((a, b) => a.ts - b.ts);
  if (!started) throw new Error(`the trace has no script of ${url}`);
  const { pid, tid, ts: from } = started;
  const end = ({ ts, dur }) => ts + dur;
  const own = events.filter((event) => event.ph === "X" && event.pid === pid && event.tid === tid && end(event) >= from);
  const scripts = own.filter(({ name }) => SCRIPT.test(name)).sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  // Those within others are counted with these.
  const outermost = scripts.filter(((last) => (event) => event.ts >= last && ((last = end(event)), true))(0));
  return own
    .filter(({ name }) => name === "RunTask")
    .map((task) => outermost.filter((script) => script.ts >= task.ts && end(script) <= end(task)).reduce((sum, { dur }) => sum + dur / 1000, 0));
}
