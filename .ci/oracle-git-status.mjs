#!/usr/bin/env node
// `oracle-git-status.mjs ROOT`: the whole status of the Git working tree at ROOT as JSON entries, as
// `oracle-git/README.md` defines them, taken from the command line program, which runs in this process. A scan by several
// threads has to give the same answer: another one is a failure.
import { spawnSync } from 'node:child_process';
import { answerOnce, decode, runProgram, withEachScan } from './lib/program.mjs';

const FLAGS = ['--porcelain=v2', '--branch', '-z', '--untracked-files=all', '--ignored=matching'];
const version = spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout;
const release = version.replace(/^git version /, '');

/** Resolves with { code, out, err }, the last two as byte strings. */
export function answer([root]) {
  const own = { QUICKSILVER_GIT_RELEASE: process.env.QUICKSILVER_GIT_RELEASE ?? release };
  return withEachScan(async variables => {
    const result = await runProgram(['status', ...FLAGS, '-R', root], { ...own, ...variables });
    return result.code === 0 ? { ...result, entries: parse(result.out) } : result;
  });
}

/** The records of porcelain version 2, as gitparse.py reads them. */
function parse(text) {
  const records = text.split('\0');
  const head = { xy: '##' };
  const entries = [head];
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    const fields = (count, names) => {
      const parts = record.split(' ');
      const path = parts.slice(count).join(' ');
      const entry = Object.fromEntries(names.map((name, at) => [name, parts[at + 1]]));
      return { ...entry, path: decode(path) };
    };
    switch (record[0]) {
      case undefined:
        break;
      case '#': {
        const [, key, ...value] = record.split(' ');
        head[key.replace(/^branch\./, '')] = decode(value.join(' '));
        break;
      }
      case '1':
        entries.push(fields(8, ['xy', 'sub', 'mH', 'mI', 'mW', 'hH', 'hI']));
        break;
      case '2':
        entries.push({
          ...fields(9, ['xy', 'sub', 'mH', 'mI', 'mW', 'hH', 'hI', 'score']),
          orig: decode(records[++i]),
        });
        break;
      case 'u':
        entries.push(fields(10, ['xy', 'sub', 'm1', 'm2', 'm3', 'mW', 'h1', 'h2', 'h3']));
        break;
      default:
        entries.push({ xy: record[0].repeat(2), path: decode(record.slice(2)) });
    }
  }
  return entries;
}

await answerOnce(import.meta.filename, answer);
