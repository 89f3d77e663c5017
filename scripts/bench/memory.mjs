// The memory of the worker: a process of its own, in which nothing else happens.
import path from 'node:path';
import { timed } from './programs.mjs';
import { makeRow } from './report.mjs';
import { smallRepository } from './status.mjs';

const LIMITS = [
  [300_000, 80],
  [1_000_000, 250],
];

export async function measureMemory(repository, { rounds, cache }) {
  repository.use('v1');
  const small = await smallRepository(cache);
  const script = path.join(import.meta.dirname, 'memoryMain.mjs');
  const peaks = [];
  const values = [];
  for (let round = 0; round < rounds; round++) {
    const { stdout } = await timed(process.execPath, ['--import', 'tsx', script, small, repository.root]);
    const { idle, opened, peak } = JSON.parse(stdout);
    values.push((opened - idle) / 2 ** 20);
    peaks.push((peak - idle) / 2 ** 20);
  }
  const { count } = repository.plan;
  const limit = LIMITS.find(([files]) => files === count)?.[1];
  const row = (id, title, series, targets) => makeRow({ id, files: count, title, values: series, unit: 'MB', targets });
  return [
    row(
      'memory.worker',
      'memory of the worker above an idle one',
      values,
      limit === undefined ? [] : [{ of: 'median', limit }],
    ),
    row('memory.peak', 'the same at its highest', peaks, []),
  ];
}
