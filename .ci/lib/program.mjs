// Runs the built command line program in this process, as often as wanted: most of the time that a status of a small
// repository takes is the start of a process.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers';

const require = createRequire(import.meta.url);
const cli = require.resolve('../../dist/cli.cjs');
// Each run adds listeners of its own.
for (const emitter of [process, process.stdout, process.stderr]) emitter.setMaxListeners(0);

/** Resolves with { code, out, err } when the program would end. `out` and `err` are byte strings. */
export async function runProgram(args, variables = {}) {
  const written = { out: '', err: '' };
  const streams = { out: process.stdout, err: process.stderr };
  const originals = Object.entries(streams).map(([name, stream]) => [stream, stream.write, name]);
  const [argv, env] = [process.argv, { ...process.env }];
  for (const [stream, , name] of originals) {
    stream.write = bytes => {
      written[name] += bytes;
      return true;
    };
  }
  Object.assign(process.env, variables);
  process.argv = [process.execPath, cli, ...args];
  process.exitCode = undefined;
  try {
    delete require.cache[cli];
    require(cli);
    // Node.js reports that there is nothing left to do only if there was something.
    setImmediate(() => undefined);
    await once(process, 'beforeExit');
    return { code: process.exitCode ?? 0, ...written };
  } finally {
    for (const [stream, write] of originals) stream.write = write;
    process.argv = argv;
    process.exitCode = undefined;
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
  }
}

/**
 * Resolves with what the program answers with one thread, if it answers the same with several: with { code, out, err } of
 * the program if it has no answer. `ask(variables)` resolves with { code, err, entries }. It may ask several threads for
 * less than one. If they have no answer, one thread is asked for that, too, and may have none for the same reason: only
 * `hg status -u` reads ignore files that no path needs, and aborts where these are invalid.
 */
export async function withEachScan(ask) {
  const one = await ask({});
  if (one.code !== 0) return { ...one, out: '' };
  const several = await ask({ QUICKSILVER_BULK_NODES: '0' });
  if (several.code !== 0) {
    const alone = await ask({ QUICKSILVER_BULK_NODES: String(Number.MAX_SAFE_INTEGER) });
    if (alone.code !== several.code || alone.err !== several.err) return { ...several, out: '' };
    return { code: 0, out: bytes(JSON.stringify(one.entries)), err: one.err };
  }
  const [own, theirs] = [one, several].map(({ compared, entries }) => JSON.stringify(compared ?? entries));
  if (own !== theirs) return { code: 1, out: '', err: bytes(`one thread: ${own}, several: ${theirs}\n`) };
  return { code: 0, out: bytes(JSON.stringify(one.entries)), err: one.err };
}

/** Returns the bytes of a text. */
export function bytes(text) {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Answers once, for the arguments of this process, if `file` is its program. */
export async function answerOnce(file, answer) {
  if (file !== process.argv[1]) return;
  const { code, out, err } = await answer(process.argv.slice(2));
  process.stdout.write(out, 'latin1');
  process.stderr.write(err, 'latin1');
  process.exitCode = code;
}

/** Returns the text of UTF-8, in which each byte that is no part of it becomes the lone surrogate U+DC00 + byte. */
export function decode(bytes) {
  const unit =
    /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;
  return bytes.replace(unit, match =>
    match.length > 1
      ? Buffer.from(match, 'latin1').toString('utf8')
      : String.fromCharCode(0xdc00 + match.charCodeAt(0)),
  );
}
