// `npm run fuzz:ignore`: ignore files drawn by their grammar, compared with the real hg.
//
//   npm run fuzz:ignore -- [--seed N] [--pairs N]
import { readOptions } from '../../../scripts/lib/options.mjs';
import { ignoreRun } from './ignoreRun.ts';
import { HgServers } from './world.ts';

const { values } = readOptions('npm run fuzz:ignore --', {
  seed: { type: 'string' },
  pairs: { type: 'string', default: '20000' },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 0x7fffffff) : Number(values.seed);

// Python takes exponential time for some expressions.
const servers = new HgServers(3000);
const started = Date.now();
try {
  const { tally, refusals, difference } = await ignoreRun(seed, Number(values.pairs), servers);
  const seconds = Math.round((Date.now() - started) / 1000);
  process.stdout.write(`seed ${seed}, ${seconds} s: ${JSON.stringify(tally)}\n`);
  for (const [why, count] of [...refusals].sort((a, b) => b[1] - a[1]))
    process.stdout.write(`  refused ${count}: ${why}\n`);
  if (difference !== undefined) {
    process.stdout.write(`DIFFERENCE: ${JSON.stringify(difference, undefined, 2)}\n`);
    process.exitCode = 1;
  }
} finally {
  await servers.close();
}
