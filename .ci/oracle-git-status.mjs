#!/usr/bin/env node
// `oracle-git-status.mjs ROOT`: the whole status of the Git working tree at ROOT as JSON entries, as
// `oracle-git/README.md` defines them, taken from the command line program, which runs in this process. A scan by several
// threads has to give the same answer: another one is a failure.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const cli = require.resolve('../dist/cli.cjs');
const root = process.argv[2];
process.env.QUICKSILVER_GIT_RELEASE ??= gitRelease();

let written = '';
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = bytes => {
  written += bytes;
  return true;
};

const whole = await ask();
process.env.QUICKSILVER_BULK_NODES = '0';
const byThreads = whole && (await ask());
if (byThreads) {
  if (JSON.stringify(byThreads) === JSON.stringify(whole)) {
    write(JSON.stringify(whole));
  } else {
    process.stderr.write(`one thread: ${JSON.stringify(whole)}, several: ${JSON.stringify(byThreads)}\n`);
    process.exitCode = 1;
  }
}

function gitRelease() {
  return spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout.replace(/^git version /, '');
}

/** Undefined if there is no answer; then the exit code is the program's. */
async function ask() {
  const flags = ['--porcelain=v2', '--branch', '-z', '--untracked-files=all', '--ignored=matching'];
  process.argv = [process.execPath, cli, 'status', ...flags, '-R', root];
  written = '';
  delete require.cache[cli];
  require(cli);
  // It ends where its process would end.
  await once(process, 'beforeExit');
  if (process.exitCode !== 0) return undefined;
  return parse(written);
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

/** UTF-8, in which each byte that is no part of it becomes the lone surrogate U+DC00 + byte. */
function decode(bytes) {
  const unit =
    /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;
  return bytes.replace(unit, match =>
    match.length > 1
      ? Buffer.from(match, 'latin1').toString('utf8')
      : String.fromCharCode(0xdc00 + match.charCodeAt(0)),
  );
}
