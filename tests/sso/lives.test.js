// Lives of an app that signs in: the files that ship, in a browser, at providers and over a network that are made up, where each wait may end in
// any order. Two sign-ins at once, answers in other tabs, reload and Back at any moment, a window beside a redirect, logouts between.
// What must never be, `lives/provider.js`, `lives/network.js` and `lives/life.js` say where they see it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { isAll, onlyInAll } from "../lib/tier.js";
import { installPackage } from "../packaging/lib/package.js";
import { live } from "./lives/life.js";
import { mutants } from "./lives/mutants.js";
import { load } from "./lives/package.js";

const LIVES = isAll ? 300 : 12;
/** So many lives may pass before a mistake is seen. */
const MOST = 300;
/** The same each time, so that a failure repeats. */
const SEED = 23;

/** What happens, as numbers that are drawn one after the other. Where a failure is made smaller, they become 0: nothing out of the ordinary. */
const tape = fc.array(fc.noBias(fc.nat(0xffff)), { minLength: 1_200, maxLength: 1_600 });

let hallpass, createAuth;
before(async () => {
  hallpass = await installPackage();
  createAuth = await load(hallpass);
});
after(() => hallpass?.remove());

test("no state is taken twice, no code sent twice, no token is where it was not made for, and nobody waits for ever", async () => {
  const property = fc.asyncProperty(tape, async (drawn) => void (await live(createAuth, drawn)));
  // What is smaller is easier to read, and each try is a life.
  await fc.assert(property, { numRuns: LIVES, seed: SEED, interruptAfterTimeLimit: 600_000, markInterruptAsFailure: true });
});

test("the same numbers are the same life", async () => {
  const [drawn] = fc.sample(tape, { numRuns: 1, seed: SEED });
  assert.deepEqual(await live(createAuth, drawn), await live(createAuth, drawn));
});

const isQuick = ({ isSeenSoon }) => isSeenSoon;
for (const { name, changes, seen } of [
  ...mutants.filter(isQuick),
  ...onlyInAll("those that are seen soon: each of the others is seen at another place of the same lives", mutants.filter((one) => !isQuick(one))),
]) {
  test(`these lives would see it: ${name}`, async () => {
    const wrong = await load(hallpass, changes);
    const others = new Set();
    for (const drawn of fc.sample(tape, { numRuns: MOST, seed: SEED })) {
      const [words] = await live(wrong, drawn).then(() => [], (error) => error.message.split("\n"));
      if (seen.test(words)) return;
      if (words) others.add(words);
    }
    assert.fail(`in ${MOST} lives it was not seen, but ${[...others].join("; ") || "nothing"}`);
  });
}
