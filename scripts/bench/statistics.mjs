// Series of measured values, and how they are made.

/** Median and extremes of a series; more than 20 values have percentiles, too. */
export function summarize(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    min: sorted[0],
    max: sorted.at(-1),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    count: sorted.length,
  };
}

/** Returns the value at this fraction of ascending values; between two, in proportion. */
function quantile(sorted, part) {
  const at = (sorted.length - 1) * part;
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

/**
 * Measures several cases in turns, so that a slow moment of the machine does not hit only one. One round does not
 * count, then `rounds` follow. Each case is { name, run }, where run() resolves to milliseconds. Resolves to an
 * object with the values of each.
 */
export async function inTurns(rounds, cases) {
  const values = Object.fromEntries(cases.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    // Every other round backwards, so that none is always the one after the same other.
    for (const { name, run } of round % 2 === 0 ? cases : [...cases].reverse()) {
      const value = await run();
      if (round > 0) values[name].push(value);
    }
  }
  return values;
}

/**
 * As {@link inTurns}, for cases that resolve to milliseconds by the clock and of processor time. Resolves to the
 * counted values of both.
 */
export async function inTurnsOfBoth(rounds, cases) {
  const both = Object.entries(await inTurns(rounds, cases));
  const series = kind => Object.fromEntries(both.map(([name, values]) => [name, values.map(value => value[kind])]));
  return { values: series('milliseconds'), processor: series('processor') };
}
