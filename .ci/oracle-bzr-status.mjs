#!/usr/bin/env node
// `oracle-bzr-status.mjs ROOT`: the whole status of the Bazaar working tree at ROOT as JSON entries, as
// `oracle-bzr/README.md` defines them, taken from the command line program, which runs in this process. A scan by several
// threads has to give the same answer: another one is a failure.
// `oracle-bzr-status.mjs --text ROOT ARGUMENT...`: what the program writes for `brz status ARGUMENT...`.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers';

const require = createRequire(import.meta.url);
const cli = require.resolve('../dist/cli.cjs');
const args = process.argv.slice(2);

let written = '';
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (bytes, encoding) => {
  written += bytes;
  void encoding;
  return true;
};

if (args[0] === '--text') {
  const [, root, ...rest] = args;
  if ((await ask(root, rest)) !== undefined) write(written, 'latin1');
} else {
  await compare(args[0]);
}

async function compare(root) {
  const whole = await entries(root);
  if (whole === undefined) return;
  process.env.QUICKSILVER_BULK_NODES = '0';
  const byThreads = await entries(root);
  if (JSON.stringify(byThreads) === JSON.stringify(whole)) {
    write(JSON.stringify(whole));
  } else {
    process.stderr.write(`one thread: ${JSON.stringify(whole)}, several: ${JSON.stringify(byThreads)}\n`);
    process.exitCode = 1;
  }
}

/** Undefined if there is no answer; then the exit code is the program's. */
async function entries(root) {
  const json = await ask(root, ['-T', 'json']);
  if (json === undefined) return undefined;
  const { parents, changes, conflicts } = JSON.parse(Buffer.from(json, 'latin1').toString('utf8'));
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
    const text = await ask(root, ['-S', '-V']);
    if (text === undefined) return undefined;
    for (const line of Buffer.from(text, 'latin1').toString('utf8').split('\n')) {
      if (line.startsWith('P')) found.push({ s: 'P  ', path: line.slice(4) });
    }
  }
  return found;
}

async function ask(root, rest) {
  process.argv = [process.execPath, cli, 'status', '-R', root, ...rest];
  written = '';
  delete require.cache[cli];
  require(cli);
  // It ends where its process would end. Node.js says so again only if there was something to wait for.
  setImmediate(() => undefined);
  await once(process, 'beforeExit');
  return process.exitCode === 0 ? written : undefined;
}
