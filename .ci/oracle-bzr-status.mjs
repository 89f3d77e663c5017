#!/usr/bin/env node
// `oracle-bzr-status.mjs ROOT`: the whole status of the Bazaar working tree at ROOT as JSON entries, as
// `oracle-bzr/README.md` defines them, taken from the command line program, which runs in this process. A scan by several
// threads has to give the same answer: another one is a failure.
// `oracle-bzr-status.mjs --text ROOT ARGUMENT...`: what the program writes for `brz status ARGUMENT...`.
import { answerOnce, runProgram, withEachScan } from './lib/program.mjs';

/** Resolves with { code, out, err }, the last two as byte strings. */
export function answer(args) {
  if (args[0] !== '--text') return withEachScan(variables => entries(args[0], variables));
  const [, root, ...rest] = args;
  return runProgram(['status', '-R', root, ...rest]);
}

async function entries(root, variables) {
  const ask = flags => runProgram(['status', '-R', root, ...flags], variables);
  const result = await ask(['-T', 'json']);
  if (result.code !== 0) return result;
  const { parents, changes, conflicts } = JSON.parse(Buffer.from(result.out, 'latin1').toString('utf8'));
  const found = changes.map(({ status, path, source, kind, oldKind }) => ({
    s: status,
    path,
    ...(source === undefined ? {} : { old: source }),
    ...(kind === undefined ? {} : { kind }),
    ...(oldKind === undefined ? {} : { oldkind: oldKind }),
  }));
  for (const { text } of conflicts) found.push({ s: 'C  ', path: text });
  found.push({ s: '##', parents });
  if (parents.length > 1) {
    const pending = await ask(['-S', '-V']);
    if (pending.code !== 0) return pending;
    for (const line of Buffer.from(pending.out, 'latin1').toString('utf8').split('\n')) {
      if (line.startsWith('P')) found.push({ s: 'P  ', path: line.slice(4) });
    }
  }
  return { ...result, entries: found };
}

await answerOnce(import.meta.filename, answer);
