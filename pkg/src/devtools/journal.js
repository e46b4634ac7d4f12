// The journal, newest first.

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** What the number of a line counts; of all others it is the status of the answer. */
const COUNTS = {
  "clock jumped": "ms",
  "message ignored": "times",
  "stored session ignored": "times",
  "token too large": "bytes",
  adopted: "generation",
  "refresh sent": "generation",
  refreshed: "generation",
  replayed: "generation",
  "signed in": "generation",
};

function numberOf({ event, value }) {
  if (value === null) return null;
  const counts = COUNTS[event] ?? "status";
  return counts === "generation" || counts === "status" ? `${counts} ${value}` : `${value} ${counts}`;
}

export const lineOf = ({ time, detail, ...line }) =>
  [clock.format(time), line.event, detail, numberOf(line)].filter((part) => part !== null).join("  ");

/** Shows entries; does nothing while they are the same as before. */
export function showJournal(list, entries) {
  const last = entries.at(-1);
  const stamp = `${entries.length} ${last?.time} ${last?.event} ${last?.value} ${entries[0]?.time}`;
  if (list.dataset.stamp === stamp) return;
  list.dataset.stamp = stamp;
  list.replaceChildren(
    ...folded(entries).map(({ time, event, detail, value, times }) => {
      const item = document.createElement("li");
      const when = document.createElement("time");
      when.textContent = clock.format(time);
      const what = document.createElement("span");
      what.textContent = [event, detail].filter(Boolean).join(": ") + (times > 1 ? ` × ${times}` : "");
      item.append(when, what);
      if (value !== null) {
        const number = document.createElement("b");
        number.textContent = numberOf({ event, value });
        item.append(number);
      }
      return item;
    }),
  );
}

/** Newest first, like lines that follow each other as one. */
function folded(entries) {
  const lines = [];
  for (const entry of entries.toReversed()) {
    const last = lines.at(-1);
    const isSame = last && last.event === entry.event && last.detail === entry.detail && last.value === entry.value;
    if (isSame) last.times += 1;
    else lines.push({ ...entry, times: 1 });
  }
  return lines;
}
