// Plots as SVG, drawn by hand: bars with their spread, and lines that grow. Grey that is readable on light and on dark ground,
// since a page shows the file as an image and no style of the page reaches into it.
import { columnsOf, number } from "./format.js";

const INK = "#7d8590";
const OURS = "#2f81f7";
const PEERS = "#8d96a0";
const HUES = ["#7d8590", "#2f81f7", "#39a0ca", "#d4762c", "#3fa34d", "#b65ccb", "#c9a227", "#d1495b", "#2a9d8f", "#9a6b4f", "#6a7fdb", "#a3a847"];

const escaped = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const text = (x, y, words, more = "") => `<text x="${round(x)}" y="${round(y)}" ${more}>${escaped(words)}</text>`;
const line = (x1, y1, x2, y2, more) => `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${more}/>`;
const round = (value) => Number(value.toFixed(1));

function svg(width, height, title, parts) {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ` +
    `font-family="system-ui, sans-serif" font-size="12" fill="${INK}">\n<title>${escaped(title)}</title>\n${parts.join("\n")}\n</svg>\n`
  );
}

/** The plot of a section, or nothing. */
export function plot(section, about) {
  const name = ({ client, label }) => label ?? about[client].name;
  if (section.plotted === "lines") return lines(section, name);
  if (section.plotted) return bars(section, name);
}

/** A panel for each column that is plotted, a bar for each client. */
function bars(section, name) {
  const [LEFT, WIDTH, ROW, HEAD] = [190, 720, 22, 34];
  const columns = columnsOf(section);
  const parts = [];
  let y = 0;
  for (const index of section.plotted) {
    const { name: column, unit, digits } = columns[index];
    const rows = section.rows.filter(({ cells }) => cells?.[index]);
    const most = Math.max(...rows.map(({ cells }) => cells[index].high ?? cells[index].median));
    const width = (value) => (Math.max(0, value) / most) * (WIDTH - LEFT - 110);
    parts.push(text(0, y + 18, `${section.title}: ${column}${unit && `, ${unit}`}`, 'font-weight="600"'));
    y += HEAD;
    for (const row of rows) {
      const { median, low, high } = row.cells[index];
      const fill = /^hallpass/.test(row.client ?? "") ? OURS : PEERS;
      const middle = y + ROW / 2;
      parts.push(text(LEFT - 8, middle + 4, name(row), 'text-anchor="end"'));
      parts.push(`<rect x="${LEFT}" y="${y + 4}" width="${round(width(median))}" height="${ROW - 8}" rx="2" fill="${fill}" fill-opacity="0.55"/>`);
      if (low !== undefined && high > low) {
        const [from, to] = [LEFT + width(low), LEFT + width(high)];
        const stroke = `stroke="${INK}" stroke-width="1.5"`;
        parts.push(line(from, middle, to, middle, stroke), line(from, middle - 4, from, middle + 4, stroke), line(to, middle - 4, to, middle + 4, stroke));
      }
      parts.push(text(LEFT + width(high ?? median) + 8, middle + 4, number(median, digits)));
      y += ROW;
    }
    y += 10;
  }
  return svg(WIDTH, y, section.title, parts);
}

/** Both axes by powers of ten; the columns tell `x`. */
function lines(section, name) {
  const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [780, 360, 64, 270, 40, 40];
  const columns = columnsOf(section);
  const rows = section.rows.filter(({ cells }) => cells);
  // A line of nothing has no place on a scale of powers; it lies on the lowest.
  const values = rows.flatMap(({ cells }) => cells.map(({ median }) => median)).filter((value) => value > 0);
  const xs = columns.map(({ x }) => Math.max(x, 1));
  const [xFrom, xTo] = [Math.log10(Math.min(...xs)), Math.log10(Math.max(...xs))];
  const [yFrom, yTo] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values) * 1.0001))];
  const x = (value) => LEFT + ((Math.log10(Math.max(value, 1)) - xFrom) / (xTo - xFrom || 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value) =>
    HEIGHT - BOTTOM - ((Math.max(yFrom, Math.log10(Math.max(value, 1e-9))) - yFrom) / (yTo - yFrom || 1)) * (HEIGHT - TOP - BOTTOM);
  const grid = `stroke="${INK}" stroke-opacity="0.3"`;
  const parts = [text(0, 18, `${section.title}${section.unit && `, ${section.unit}`}`, 'font-weight="600"')];
  for (let power = yFrom; power <= yTo; power++) {
    parts.push(line(LEFT, y(10 ** power), WIDTH - RIGHT, y(10 ** power), grid));
    parts.push(text(LEFT - 8, y(10 ** power) + 4, number(10 ** power, Math.max(0, -power)), 'text-anchor="end"'));
  }
  for (const { name: column, x: place } of columns) {
    parts.push(line(x(place), TOP, x(place), HEIGHT - BOTTOM, grid), text(x(place), HEIGHT - BOTTOM + 18, column, 'text-anchor="middle"'));
  }
  const ends = rows.map(({ cells }) => y(cells.at(-1).median));
  const labels = apart(ends, 15);
  rows.forEach((row, index) => {
    const hue = row.client === "hallpass" ? OURS : HUES[index % HUES.length];
    const points = row.cells.map(({ median }, column) => [x(columns[column].x), y(median)]);
    const path = points.map(([px, py]) => `${round(px)},${round(py)}`).join(" ");
    parts.push(`<polyline points="${path}" fill="none" stroke="${hue}" stroke-width="${row.client === "hallpass" ? 3 : 1.5}"/>`);
    row.cells.forEach(({ low, high }, column) => {
      if (low !== undefined && high > low) parts.push(line(points[column][0], y(low), points[column][0], y(high), `stroke="${hue}"`));
    });
    const words = `${name(row)}: ${number(row.cells.at(-1).median, section.digits)}`;
    parts.push(line(WIDTH - RIGHT + 2, ends[index], WIDTH - RIGHT + 14, labels[index], `stroke="${hue}"`));
    parts.push(text(WIDTH - RIGHT + 18, labels[index] + 4, words, `fill="${hue}"`));
  });
  return svg(WIDTH, HEIGHT, section.title, parts);
}

/** The same places, moved as far as needed for a gap between neighbours. */
function apart(places, gap) {
  const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
  for (let n = 1; n < order.length; n++) order[n].place = Math.max(order[n].place, order[n - 1].place + gap);
  const moved = [];
  for (const { place, index } of order) moved[index] = place;
  return moved;
}
