// Rows of the result: what was measured, what it is compared with, and whether the target is met.
import { summarize } from './statistics.mjs';

/**
 * A row of the report.
 *
 * @param id stable, for other programs
 * @param values in milliseconds, unless `unit` differs
 * @param targets { of: 'median' | 'p95' | 'p99' | 'max', limit, base } each; `base` ({ name, value }) makes the limit a
 *   ratio to that value
 */
export function makeRow({ id, files, title, values, unit = 'ms', targets = [] }) {
  const summary = summarize(values);
  const judged = targets.map(({ of, limit, base }) => {
    const value = base === undefined ? summary[of] : summary[of] / base.value;
    const isMet = value <= limit;
    const what = base === undefined ? `${of} ${number(value)} ${unit}` : `${value.toFixed(2)} of ${base.name}`;
    return { of, limit, base, value, isMet, text: `${what} (target ${limit}${base === undefined ? ` ${unit}` : ''})` };
  });
  return {
    id,
    files,
    title,
    unit,
    ...summary,
    targets: judged,
    ...(judged.length > 0 && { isMet: judged.every(({ isMet }) => isMet) }),
    verdict: judged.map(({ text, isMet }) => `${isMet ? 'met' : 'MISSED'}: ${text}`).join('; '),
  };
}

/** Rows as lines of text, columns aligned. */
export function formatTable(rows) {
  const cells = rows.map(row => [
    row.title,
    `${number(row.median)} ${row.unit}`,
    `${number(row.min)} - ${number(row.max)}`,
    row.verdict,
  ]);
  const widths = [0, 1, 2].map(column => Math.max(...cells.map(cell => cell[column].length)));
  return cells
    .map(([title, median, range, verdict]) =>
      `${title.padEnd(widths[0])}  ${median.padStart(widths[1])}  ${range.padStart(widths[2])}  ${verdict}`.trimEnd(),
    )
    .join('\n');
}

/** Three significant digits, and whole numbers from 100 on. */
export function number(value) {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
