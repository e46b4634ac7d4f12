// Figures as people read them.

/** A column is a name, or a table where it differs from its section in unit or digits. */
export const columnsOf = ({ columns, unit, digits }) =>
  columns.map((column) => ({ unit, digits, ...(typeof column === "string" ? { name: column } : column) }));

export const number = (value, digits) =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replaceAll(",", "\u202f");

/** `5 tabs`, `1 tab`. */
export const count = (value, noun) => `${number(value, 0)} ${noun}${value === 1 ? "" : "s"}`;

export function cell(found, { digits }) {
  if (!found) return "–";
  if (found.text !== undefined) return found.text;
  const { median, low, high } = found;
  const spread = low === undefined || (low === median && high === median) ? "" : ` (${number(low, digits)} … ${number(high, digits)})`;
  return `${number(median, digits)}${spread}`;
}

export const withUnit = (value, unit, digits) => `${number(value, digits)}${unit && ` ${unit}`}`;
