// A working copy whose parent the history lacks: each command warns of it as hg does, also where nothing is compared.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { StatusReader } from '../../src/backends/mercurial/commandLine/statusReader.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { hgIn, quicksilver, sameAnswer } from '../support/comparedCommands.ts';
import { DaemonRig } from '../support/daemonRig.ts';
import { DIRSTATE_FORMATS, HgSandbox } from '../support/hgSandbox.ts';
import { HgServer } from '../support/hgServer.ts';

const UNKNOWN = '1'.repeat(40);
const OTHER = '2'.repeat(40);
/** Bytes of an entry of an index, and before the node in it. */
const [ENTRY, NODE] = [64, 32];
/** Makes an index that is too large to be read whole. */
const COPIES = 20;
const WARNING = `warning: ignoring unknown working parent ${UNKNOWN.slice(0, 12)}!\n`;

const COMMANDS = [
  ...['status', 'status -mardu', 'status -q', 'status -c', 'status a', 'status -S', 'status nosuch', 'status -0'],
  ...['status --rev 0', 'status --rev .', 'status --rev 0 --rev 1', 'status --change 1', 'status --rev 0 a'],
  ...['cat -r 0 a', 'cat -r 1 a b', 'cat -r 0 nosuch', 'annotate -r 0 a', 'annotate -r 1 a b', 'annotate -r 0 nosuch'],
  ...['log', 'log -r 0', 'log -r 0:1 -T {node}', 'log a', 'log -f', 'log -G', 'log -p', 'log -l 1'],
  ...['log --hidden', 'log --hidden -G', 'debugignore a', 'debugignore u'],
];

let server: HgServer;
before(async () => {
  server = new HgServer(undefined);
  await server.started;
});
after(() => server.close());

/** Makes a repository whose files are clean, and puts the parents into its dirstate. */
function damaged(sandbox: HgSandbox, name: string, p1: string, p2: string, format: 'v1' | 'v2' = 'v1'): string {
  sandbox.hg('.', ['init', name, ...DIRSTATE_FORMATS[format]]);
  for (const text of ['one\n', 'two\n']) {
    sandbox.write(name, 'a', text);
    sandbox.write(name, 'b', text);
    sandbox.hg(name, ['commit', '-qAm', text.trim(), ...DIRSTATE_FORMATS[format]]);
  }
  sandbox.hg(name, ['status', ...DIRSTATE_FORMATS[format]]);
  sandbox.write(name, 'u', '');
  const file = path.join(sandbox.path(name), '.hg/dirstate');
  const bytes = fs.readFileSync(file);
  assert.equal(bytes.toString('latin1', 0, 11) === 'dirstate-v2', format === 'v2');
  bytes.write(p1, format === 'v2' ? 12 : 0, 'hex');
  bytes.write(p2, format === 'v2' ? 44 : 20, 'hex');
  fs.writeFileSync(file, bytes);
  return sandbox.path(name);
}

describe('unknown parents of the working copy', () => {
  const sandbox = new HgSandbox();
  after(() => sandbox.dispose());

  for (const format of ['v1', 'v2'] as const) {
    test(`every command beside hg, dirstate ${format}`, async () => {
      const root = damaged(sandbox, `one-${format}`, UNKNOWN, '0'.repeat(40), format);
      let warned = 0;
      for (const command of COMMANDS) {
        const args = command.split(' ');
        const theirs = await hgIn(server, args, root);
        const ours = await sameAnswer(args, root, theirs);
        assert.equal(ours.stderr.includes(WARNING), theirs.stderr.includes(WARNING), `${command}: ${ours.stderr}`);
        if (theirs.stderr.includes(WARNING)) warned++;
      }
      assert.equal(warned, COMMANDS.length - 3);
    });
  }

  test('both parents, and the second alone', async () => {
    const both = damaged(sandbox, 'both', UNKNOWN, OTHER);
    const known = sandbox.hg('both', ['log', '-r', '1', '-T', '{node}']).toString();
    const second = damaged(sandbox, 'second', known, OTHER);
    for (const root of [both, second]) {
      for (const args of [['status'], ['log', '-r', '0'], ['cat', '-r', '0', 'a']]) {
        await sameAnswer(args, root, await hgIn(server, args, root));
      }
    }
  });

  test('the warning comes before an abort', async () => {
    const root = damaged(sandbox, 'aborts', UNKNOWN, '0'.repeat(40));
    for (const args of [
      ['status', '../x'],
      ['status', '--rev', '0', '../x'],
      ['cat', '-r', '0', '../x'],
    ]) {
      const theirs = await hgIn(server, args, root);
      const ours = await quicksilver(args, root);
      assert.equal(ours.stderr.startsWith(WARNING), theirs.stderr.startsWith(WARNING), args.join(' '));
      assert.ok(theirs.stderr.startsWith(WARNING));
    }
  });

  test('a look at the parents reads a few kilobytes of a long history', () => {
    sandbox.hg('.', ['init', 'long']);
    const root = sandbox.path('long');
    const count = 3000;
    sandbox.hg('long', ['debugbuilddag', `+${count}`]);
    sandbox.hg('long', ['update', '-q', 'tip']);
    const index = path.join(root, '.hg/store/00changelog.i');
    const own = fs.readFileSync(index);
    assert.equal(own.length, count * ENTRY);
    // As many changesets again and again below them, whose nodes are others.
    const other = Buffer.from(own);
    for (let at = NODE; at < other.length; at += ENTRY) other.fill(0xee, at, at + 20);
    own.copy(other, 0, 0, 4);
    const size = COPIES * own.length;
    fs.writeFileSync(index, Buffer.concat([...Array.from({ length: COPIES - 1 }, () => other), own]));
    const vfs = new Vfs();
    const reader = new StatusReader({ vfs, root }, undefined);
    const before = vfs.bytesRead;
    assert.equal(reader.unknownParent(), undefined);
    assert.ok(vfs.bytesRead - before < 80_000, `${vfs.bytesRead - before} of ${size} bytes`);
  });
});

test('an answer of the server hides no warning', { skip: process.platform !== 'linux' }, async t => {
  const sandbox = new HgSandbox();
  const rig = new DaemonRig();
  t.after(() => {
    rig.dispose();
    sandbox.dispose();
  });
  const root = damaged(sandbox, 'served', UNKNOWN, '0'.repeat(40));
  await rig.daemon().start();
  await rig.answer('status', root);
  const served = await quicksilver(['status', '--stats'], root, rig.variables);
  assert.match(served.stderr, /^server: answered$/m);
  assert.ok(served.stderr.startsWith(WARNING), served.stderr);
  const alone = await quicksilver(['status', '--no-server'], root, rig.variables);
  assert.deepEqual([served.stdout, WARNING], [alone.stdout, alone.stderr]);
});
