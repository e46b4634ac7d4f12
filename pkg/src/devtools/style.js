// How the panel looks, whatever the page looks like.

export const STYLE = `
:host {
  all: initial; color-scheme: light dark; position: fixed; inset: auto 0 0; z-index: 2147483647;
  --card: light-dark(#ffffff, #1a201d); --ink: light-dark(#1b211e, #e6ece8); --soft: light-dark(#58635d, #9fada5);
  --line: light-dark(#dde2de, #2e3733); --well: light-dark(#f1f4f2, #131815); --accent: light-dark(#0b6e5f, #4cc3ad);
  --accent-soft: light-dark(#d9eeea, #17352f); --good: light-dark(#1f7a3d, #6fcf8c); --bad: light-dark(#b3261e, #ff8f84);
  --warn: light-dark(#8a5a00, #f2bd5b);
  font: 13px/1.45 system-ui, sans-serif; color: var(--ink);
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
section { background: var(--card); border-top: 1px solid var(--line); box-shadow: 0 -2px 12px #0003; }
button { font: inherit; font-weight: 600; color: var(--ink); background: var(--well); border: 1px solid var(--line); border-radius: 7px; padding: 5px 10px; cursor: pointer; }
button:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.head { display: flex; gap: 4px 14px; align-items: center; width: 100%; border: 0; border-radius: 0; background: none; text-align: left; font-weight: 400; padding: 6px 14px; }
.head b { color: var(--accent); }
.body { display: grid; gap: 10px 14px; padding: 4px 14px 12px; grid-template-columns: minmax(0, 1fr); max-height: min(60vh, 420px); overflow: auto; }
canvas { display: block; width: 100%; height: 150px; border: 1px solid var(--line); border-radius: 8px; background: var(--well); }
.row { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 8px; }
[role=status] { margin: 6px 0 0; min-height: 1.45em; color: var(--soft); }
ol { list-style: none; margin: 0; padding: 6px 10px; height: 200px; overflow: auto; background: var(--well); border: 1px solid var(--line); border-radius: 8px; font: 12px/1.6 ui-monospace, Menlo, Consolas, monospace; }
ol:empty::before { content: "Nothing yet."; color: var(--soft); }
li { display: flex; gap: 10px; }
li time { color: var(--soft); flex: none; }
li span { overflow-wrap: anywhere; }
li b { font-weight: 600; color: var(--accent); }
@media (min-width: 760px) { .body { grid-template-columns: 3fr 2fr; } }
@media (forced-colors: active) {
  :host { --ink: CanvasText; --soft: CanvasText; --line: GrayText; --well: Canvas; --card: Canvas; --accent: Highlight; --accent-soft: Canvas; --good: CanvasText; --bad: Mark; --warn: LinkText; }
}
`;
