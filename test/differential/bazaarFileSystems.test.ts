// Bazaar working trees on file systems without execute bits, or without links. Breezy goes by the table of mounts, so one
// that names another type stands for such a file system. Here the type comes from statfs, which a test replaces.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, mock, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const BRZ = ['/usr/bin/brz', '/usr/local/bin/brz'].find(file => fs.existsSync(file));
const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-bzr-types-')));
after(() => removeTree(base));

const environment = {
  HOME: base,
  BRZ_HOME: path.join(base, 'settings'),
  BRZ_EMAIL: 'Ann Smith <ann@example.org>',
  BRZ_LOG: '/dev/null',
  LC_ALL: 'C.UTF-8',
  PATH: '/usr/bin:/bin:/usr/sbin:/sbin',
  TZ: 'UTC',
};

/** The numbers that Linux has for the names. */
const TYPES = {
  ext4: 0xef53,
  vfat: 0x4d44,
  ntfs: 0x5346544e,
  exfat: 0x2011bab0,
  ntfs3: 0x7366746e,
  fuseblk: 0x65735546,
};

/** Where only this process and its children see it, `/etc` has another `mtab`. */
const WITH_MTAB = `mount --bind "$1" /etc && shift && exec "$@"`;
const etc = path.join(base, 'etc');
fs.mkdirSync(etc);
// What programs need of it to start.
for (const name of ['ld.so.cache', 'passwd', 'group', 'localtime', 'python3', 'alternatives']) {
  if (fs.existsSync(`/etc/${name}`)) fs.cpSync(`/etc/${name}`, path.join(etc, name), { recursive: true });
}
const canMount = spawnSync('unshare', ['--mount', 'sh', '-c', WITH_MTAB, 'sh', etc, 'true']).status === 0;
const skip = BRZ === undefined ? 'Breezy is not installed' : !canMount && 'needs root, to mount';

function brz(root: string, ...args: readonly string[]): void {
  execFileSync(BRZ!, args, { cwd: root, env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** The tree and what it was made from: execute bits on disk, recorded and in the parent, in every combination. */
function prepare(): string {
  const [root, other] = [path.join(base, 'tree'), path.join(base, 'other')];
  brz(base, 'init', '-q', root);
  const inTree = (name: string): string => path.join(root, name);
  const NAMES = ['plain', 'run', 'plainTurned', 'runTurned', 'merged', 'mergedRun', 'lost'];
  for (const name of NAMES) fs.writeFileSync(inTree(name), `${name}\n`, { mode: /run/i.test(name) ? 0o755 : 0o644 });
  for (const name of ['link', 'removed', 'toFile', 'toFolder']) fs.symlinkSync('plain', inTree(name));
  brz(root, 'add', '-q');
  brz(root, 'commit', '-q', '-m', 'one');
  brz(base, 'branch', '-q', root, other);
  fs.chmodSync(path.join(other, 'merged'), 0o755);
  fs.chmodSync(path.join(other, 'mergedRun'), 0o644);
  brz(other, 'commit', '-q', '-m', 'two');
  // The dirstate has other execute bits than the parent now.
  brz(root, 'merge', '-q', other);
  fs.writeFileSync(inTree('added'), '', { mode: 0o755 });
  brz(root, 'add', '-q');
  brz(root, 'rm', '-q', 'removed');
  brz(root, 'mv', '-q', 'lost', 'moved');
  for (const [name, mode] of [
    ['plainTurned', 0o755],
    ['runTurned', 0o644],
    ['moved', 0o755],
    ['merged', 0o644],
  ] as const)
    fs.chmodSync(inTree(name), mode);
  for (const name of ['link', 'toFile', 'toFolder']) fs.rmSync(inTree(name));
  fs.writeFileSync(inTree('toFile'), 'plain');
  fs.mkdirSync(inTree('toFolder'));
  fs.writeFileSync(inTree('unknown'), '', { mode: 0o755 });
  return root;
}

test('execute bits and links count where Breezy has them count', { skip }, async () => {
  const root = prepare();
  const answers = new Map<string, string>();
  for (const [type, number] of Object.entries(TYPES)) {
    fs.writeFileSync(path.join(etc, 'mtab'), `none / ext4 rw 0 0\nnone ${root} ${type} rw 0 0\n`);
    mock.method(Vfs.prototype, 'fileSystemType', () => number);
    for (const args of [['-S'], ['-v'], ['-r', '1'], ['-S', '-r', '1'], ['-S', '-V', '--no-pending']]) {
      const program = ['--mount', 'sh', '-c', WITH_MTAB, 'sh', etc, BRZ!, 'status', ...args];
      const expected = spawnSync('unshare', program, { cwd: root, env: environment, encoding: 'utf8' });
      let text = '';
      const code = await runCommandLine(['status', ...args], {
        stdout: { write: bytes => void (text += bytes) },
        stderr: { write: bytes => assert.match(bytes, /: links are not supported on this file system\n$/) },
        cwd: root,
        environment,
        platform: process.platform,
        signal: new AbortController().signal,
      });
      assert.equal(text, expected.stdout, `${type}: ${args.join(' ')}\n${expected.stderr}`);
      assert.equal(code, expected.status);
      answers.set(type, `${answers.get(type) ?? ''}${text}`);
    }
    mock.restoreAll();
  }
  assert.match(answers.get('ext4')!, /plainTurned\*/);
  assert.doesNotMatch(answers.get('vfat')!, /plainTurned/);
  for (const type of ['vfat', 'ntfs']) assert.equal(answers.get(type), answers.get('vfat'));
  for (const type of ['exfat', 'ntfs3', 'fuseblk']) assert.equal(answers.get(type), answers.get('ext4'));
});
