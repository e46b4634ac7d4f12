// The journal, newest first.

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

export const lineOf = ({ time, event, detail, value }) =>
  [clock.format(time), event, detail, value].filter((part) => part !== null).join("  ");

/** Shows entries; does nothing while they are the same as before. */
export function showJournal(list, entries) {
  const last = entries.at(-1);
  const stamp = `${entries.length} ${last?.time} ${last?.event} ${last?.value} ${entries[0]?.time}`;
  if (list.dataset.stamp === stamp) return;
  list.dataset.stamp = stamp;
  list.replaceChildren(
    ...entries.toReversed().map(({ time, event, detail, value }) => {
      const item = document.createElement("li");
      const when = document.createElement("time");
      when.textContent = clock.format(time);
      const what = document.createElement("span");
      what.textContent = [event, detail].filter(Boolean).join(": ");
      item.append(when, what);
      if (value !== null) {
        const number = document.createElement("b");
        number.textContent = value;
        item.append(number);
      }
      return item;
    }),
  );
}
