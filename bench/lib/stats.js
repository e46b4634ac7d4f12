/** The value below which this share of the samples lies, between two of them by proportion. */
function quantile(sorted, share) {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  return below + (sorted[Math.ceil(place)] - below) * (place % 1);
}

/** A cell of a table: the median, with the 10 % and the 90 % quantile as its spread. */
export function summary(samples) {
  if (!samples.length || !samples.every(Number.isFinite)) throw new Error(`no samples to sum up: ${samples}`);
  const sorted = samples.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.1), high: quantile(sorted, 0.9), samples: samples.length };
}

/** The list, begun one further each round: a busy moment meets another one each time. */
export const rotated = (list, round) => list.map((_, index) => list[(index + round) % list.length]);
