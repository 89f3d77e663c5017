#!/usr/bin/env node
// `oracle-status.mjs ROOT`: the whole status of the repository at ROOT as JSON entries { path, status, copy? }, taken
// from the command line program. Its exit code and its message are passed on when it has no answer.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const cli = path.join(import.meta.dirname, '..', 'dist', 'cli.cjs');

const whole = ask('-A');
// A scan by several threads tells of neither clean nor ignored files: where it is asked for, the rest comes from it.
const answer = whole && process.env.QUICKSILVER_BULK_NODES ? mixed(whole, ask('-mardu')) : whole;
if (answer) process.stdout.write(JSON.stringify(answer));

/** Undefined if there is no answer; then the exit code is the program's. */
function ask(flags) {
  const args = [cli, 'status', flags, '-C', '-T', 'json', '-R', process.argv[2]];
  // Read as one character a byte, because names need not be UTF-8.
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'latin1', maxBuffer: 1 << 30 });
  process.stderr.write(stderr, 'latin1');
  if (status !== 0) process.exitCode = status ?? 1;
  if (status !== 0) return undefined;
  return JSON.parse(stdout).map(({ path: name, status: letter, source }) => ({
    path: decode(name),
    status: letter,
    copy: source === undefined ? undefined : decode(source),
  }));
}

function mixed(all, some) {
  return some && [...some, ...all.filter(({ status }) => status === 'C' || status === 'I')];
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
