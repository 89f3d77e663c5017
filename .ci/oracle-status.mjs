#!/usr/bin/env node
// `oracle-status.mjs ROOT`: the whole status of the repository at ROOT as JSON entries { path, status, copy? }, taken
// from the command line program, which runs in this process. Its exit code and its message are passed on when it has no
// answer. A scan by several threads has to give the same answer: another one is a failure.
import { answerOnce, decode, runProgram, withEachScan } from './lib/program.mjs';

/** Resolves with { code, out, err }, the last two as byte strings. */
export function answer([root]) {
  return withEachScan(async variables => {
    // A scan by several threads lists neither clean nor ignored files.
    const byThreads = 'QUICKSILVER_BULK_NODES' in variables;
    const flags = [byThreads ? '-mardu' : '-A', '-C', '-T', 'json'];
    const result = await runProgram(['status', ...flags, '-R', root], variables);
    if (result.code !== 0) return result;
    // One character a byte, because names need not be UTF-8.
    const entries = JSON.parse(result.out).map(({ path: name, status: letter, source }) => ({
      path: decode(name),
      status: letter,
      copy: source === undefined ? undefined : decode(source),
    }));
    return { ...result, entries, compared: entries.filter(({ status }) => status !== 'C' && status !== 'I') };
  });
}

await answerOnce(import.meta.filename, answer);
