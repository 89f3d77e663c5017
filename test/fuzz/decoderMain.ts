// `npm run fuzz:decoders [-- --mutations N --only NAME --seed N]`: many mutations of every decoder's inputs. What fails is
// made small, shown, and kept in test/fixtures/hostile/<decoder>/, which the unit tests replay.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import { readOptions } from '../../scripts/lib/options.mjs';
import { seedFromEnvironment } from '../support/random.ts';
import { DECODERS } from './decoders.ts';
import { fuzz, minimize } from './fuzzer.ts';

const { values } = readOptions('npm run fuzz:decoders --', {
  mutations: { type: 'string', default: '100000' },
  only: { type: 'string', multiple: true, default: [] },
  seed: { type: 'string' },
});

const seed = values.seed === undefined ? seedFromEnvironment('QUICKSILVER_FUZZ_SEED') : Number(values.seed);
const chosen = DECODERS.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
if (chosen.length === 0)
  throw new Error(`There is no such decoder; there are: ${DECODERS.map(d => d.name).join(', ')}`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const start = performance.now();
let failed = 0;
// A decoder that does not come back can only be told of by another thread.
const state = new Int32Array(new SharedArrayBuffer(8));
const watchdog = new Worker(
  `const { workerData: { state, names } } = require('node:worker_threads');
   let last = '';
   setInterval(() => {
     const now = state.join(' ');
     if (now === last && state[1] >= 0) {
       require('node:fs').writeSync(1, names[state[0]] + ': mutation ' + state[1] + ' takes more than 20 seconds\\n');
       process.kill(process.pid, 'SIGKILL');
     }
     last = now;
   }, 20_000);`,
  { eval: true, workerData: { state, names: chosen.map(({ name }) => name) } },
);
watchdog.unref();
print(`seed ${seed}`);
for (const [number, decoder] of chosen.entries()) {
  state[0] = number;
  const began = performance.now();
  const report = await fuzz(decoder, Number(values.mutations), seed, index => (state[1] = index));
  state[1] = -1;
  print(
    `${report.name.padEnd(16)} ${report.mutations} mutations, ${report.accepted} accepted, ` +
      `slowest ${report.slowest.toFixed(1)} ms, growth ${(report.growth / (1 << 20)).toFixed(0)} MiB, ` +
      `${report.failures.length} failures (${((performance.now() - began) / 1000).toFixed(0)} s)`,
  );
  for (const failure of report.failures) {
    failed++;
    const small = minimize(decoder, failure);
    print(`  ${failure.what}: seed ${failure.seed}, mutation ${failure.index}, ${small.length} bytes: ${shown(small)}`);
    print(`  kept as ${keep(decoder.name, failure.what, small)}`);
  }
}
const highest = process.resourceUsage().maxRSS / 1024;
print(
  `${chosen.length} decoders, ${failed} failures, ${highest.toFixed(0)} MiB of memory at most, ${((performance.now() - start) / 1000).toFixed(0)} s`,
);
if (failed > 0) process.exitCode = 1;

function shown(bytes: Buffer): string {
  return bytes.length <= 300 ? bytes.toString('base64') : `${bytes.toString('base64', 0, 150)}…`;
}

function keep(decoder: string, what: string, bytes: Buffer): string {
  const folder = path.join(import.meta.dirname, '..', 'fixtures', 'hostile', decoder);
  fs.mkdirSync(folder, { recursive: true });
  const name = what
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 50)
    .toLowerCase();
  for (let i = 1; ; i++) {
    const file = path.join(folder, `${name}-${i}.bin`);
    if (fs.existsSync(file)) continue;
    fs.writeFileSync(file, bytes);
    return path.relative(process.cwd(), file);
  }
}
