#!/usr/bin/env node
// `oracle-status.mjs ROOT`: the whole status of the repository at ROOT as JSON entries { path, status, copy? }, taken
// from the command line program, which runs in this process. Its exit code and its message are passed on when it has no
// answer. A scan by several threads tells of neither clean nor ignored files, so what else there is is asked for once more:
// an answer of theirs that is another one is a failure.
import { once } from 'node:events';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const cli = require.resolve('../dist/cli.cjs');
const root = process.argv[2];

let written = '';
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = bytes => {
  written += bytes;
  return true;
};

const whole = await ask('-A');
process.env.QUICKSILVER_BULK_NODES = '0';
const byThreads = whole && (await ask('-mardu'));
if (byThreads) {
  const changes = whole.filter(({ status }) => status !== 'C' && status !== 'I');
  if (JSON.stringify(byThreads) === JSON.stringify(changes)) {
    write(JSON.stringify(whole));
  } else {
    process.stderr.write(`one thread: ${JSON.stringify(changes)}, several: ${JSON.stringify(byThreads)}\n`);
    process.exitCode = 1;
  }
}

/** Undefined if there is no answer; then the exit code is the program's. */
async function ask(flags) {
  process.argv = [process.execPath, cli, 'status', flags, '-C', '-T', 'json', '-R', root];
  written = '';
  delete require.cache[cli];
  require(cli);
  // It ends where its process would end.
  await once(process, 'beforeExit');
  if (process.exitCode !== 0) return undefined;
  // One character a byte, because names need not be UTF-8.
  return JSON.parse(written).map(({ path: name, status: letter, source }) => ({
    path: decode(name),
    status: letter,
    copy: source === undefined ? undefined : decode(source),
  }));
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
