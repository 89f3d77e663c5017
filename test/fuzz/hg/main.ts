// `npm run fuzz`: random operations on repositories of the real hg; every answer is compared with that of hg.
//
//   npm run fuzz -- [--seed N] [--steps N] [--format v1|v2] [--repos N] [--minutes M]
//
// Without a format both are taken in turn. With --minutes it goes on, with one seed after the other, until the time is
// over. The first difference ends the run: it is cut down to the operations that it takes, and written to a file that is
// a test from then on.
import * as os from 'node:os';
import * as path from 'node:path';
import { readOptions } from '../../../scripts/lib/options.mjs';
import { addTally, FIXTURES, minimize, randomRun, writeRecording, type Failure } from './run.ts';
import { emptyTally, HgServers, type Format } from './world.ts';

/** Cutting a failure down may take this long. */
const SHRINK_MS = 180_000;

const { values } = readOptions('npm run fuzz --', {
  seed: { type: 'string' },
  steps: { type: 'string', default: '100' },
  format: { type: 'string' },
  repos: { type: 'string' },
  minutes: { type: 'string' },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const first = values.seed === undefined ? Math.floor(Math.random() * 0x7fffffff) : Number(values.seed);
  const steps = Number(values.steps);
  const end = values.minutes === undefined ? Infinity : Date.now() + Number(values.minutes) * 60_000;
  const repositories = values.repos === undefined ? (end === Infinity ? 1 : Infinity) : Number(values.repos);
  const formats: Format[] = values.format === undefined ? ['v1', 'v2'] : [formatOf(values.format)];
  const servers = new HgServers();
  const sum = emptyTally();
  let made = 0;
  let taken = 0;
  const started = Date.now();
  try {
    for (let i = 0; i < repositories && Date.now() < end; i++) {
      for (const format of formats) {
        const seed = first + i;
        const mayGoOn = (): boolean => Date.now() < end;
        const { tally, steps: done, failure, abandoned } = await randomRun({ seed, format, steps, servers, mayGoOn });
        addTally(sum, tally);
        made++;
        taken += done;
        say(`seed ${seed} ${format}: ${done} steps, ${JSON.stringify(tally)}${abandoned === undefined ? '' : `; ${abandoned}`}`);
        if (failure === undefined) continue;
        await report(failure, servers);
        process.exitCode = 1;
        return;
      }
    }
  } finally {
    say(`${made} repositories, ${taken} steps in ${Math.round((Date.now() - started) / 1000)} s: ${JSON.stringify(sum)}`);
    await servers.close();
  }
} // prettier-ignore

function formatOf(text: string): Format {
  if (text !== 'v1' && text !== 'v2') throw new Error(`--format is v1 or v2, not ${text}`);
  return text;
}

async function report(failure: Failure, servers: HgServers): Promise<void> {
  const { seed, format, step, error } = failure;
  say(`\nDIFFERENCE at step ${step} of seed ${seed}, format ${format}:\n${error.stack ?? error.message}\n`);
  say(`to repeat it: npm run fuzz -- --seed ${seed} --steps ${step} --format ${format}`);
  const end = Date.now() + SHRINK_MS;
  const minimal = await minimize(failure, servers, () => Date.now() < end);
  const name = `seed-${seed}-${format}-step-${step}`;
  const about = `Found at step ${step} of seed ${seed}.`;
  if (minimal === undefined) {
    const file = writeRecording(os.tmpdir(), name, { about, format, operations: failure.operations });
    say(`it does not fail again when it is repeated; all that was done: ${file}`);
    return;
  }
  const file = writeRecording(FIXTURES, name, { about, format, operations: minimal });
  say(`${minimal.length} operations are left of ${failure.operations.length}: ${path.relative(process.cwd(), file)}`);
  for (const operation of minimal) say(`  ${JSON.stringify(operation)}`);
}

await main();
