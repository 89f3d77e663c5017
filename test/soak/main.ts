// `npm run soak`: a long session, and what it held.
//
//   npm run soak -- [--events N] [--seed N]
import { readOptions } from '../../scripts/lib/options.mjs';
import { describe, soak } from './session.ts';

const { values } = readOptions('npm run soak --', {
  events: { type: 'string', default: '20000' },
  seed: { type: 'string', default: '1' },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const { gc } = globalThis;
if (gc === undefined) throw new Error('node has to be started with --expose-gc');
const { operations, commands, comparisons, seconds, first, highest } = await soak({
  events: Number(values.events),
  seed: Number(values.seed),
  gc: () => {
    gc();
  },
  say,
});
say('');
say(
  `${operations} file operations and ${commands} hg commands in ${seconds.toFixed(0)} s, ${comparisons} comparisons with hg status`,
);
say(`after warming up: ${describe(first)}`);
say(`at most:          ${describe(highest)}`);
