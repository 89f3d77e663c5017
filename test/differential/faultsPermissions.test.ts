// Directories and files that may not be read: the answer is that of `hg`, whichever way a repository is scanned.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RepositoryUpdate } from '../../src/server/protocol.ts';
import { STATUS_LETTERS } from '../../src/server/statusLetters.ts';
import { bundle } from '../support/bundle.ts';
import { HgSandbox, sampleRepository } from '../support/hgSandbox.ts';
import { hgEnvironment } from '../support/hgServer.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const PROJECT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const isRoot = process.getuid?.() === 0;
const onLinux = process.platform === 'linux' ? false : 'what is simulated is Linux';

let base = '';
let cli = '';

before(() => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-permissions-')));
  const dist = path.join(base, 'dist');
  cli = bundle('src/cli/main.ts', path.join(dist, 'main.cjs'));
  bundle('src/status/bulk/scannerMain.ts', path.join(dist, 'scanner.cjs'));
  const native = path.join(PROJECT, 'dist/native');
  if (fs.existsSync(native)) fs.cpSync(native, path.join(dist, 'native'), { recursive: true });
});
after(() => removeTree(base));

/** The ways in which a repository is scanned; native code is used where it was built. */
const WAYS = {
  'one thread': { QUICKSILVER_BULK_NODES: '1000000' },
  'several threads': { QUICKSILVER_BULK_NODES: '0', QUICKSILVER_NATIVE: '0' },
  'native code': { QUICKSILVER_BULK_NODES: '0', QUICKSILVER_NATIVE: '1' },
} as const;

/** Directories that may be listed, but not entered. */
const SHUT = ['shut', 'deep/shut', 'only', 'build/shut'];
const SHUT_MODE = 0o444;

const IGNORED = 'syntax: glob\n*.o\nbuild\nshut/ignored\n';
const TRACKED = ['clean', 'shut/b', 'shut/removed', 'shut/sub/f', 'shut/sub/deep/f', 'deep/shut/f', 'build/shut/f'];
const UNTRACKED = [
  ...['shut/a', 'shut/c', 'shut/ignored', 'shut/x.o', 'shut/new/f', 'shut/new/x.o', 'shut/build/f', 'shut/sub/unknown'],
  ...['deep/shut/unknown', 'deep/unknown', 'only/f', 'only/x.o', 'only/new/f', 'build/shut/unknown', 'build/new/f'],
];

/** A repository with every kind of file in directories that are then {@link SHUT}. */
function shutRepository(t: TestContext): { readonly sandbox: HgSandbox; readonly root: string } {
  const sandbox = new HgSandbox();
  const root = sandbox.path('repository');
  t.after(() => {
    setModes(root, 0o755);
    sandbox.dispose();
  });
  sandbox.hg('.', ['init', 'repository']);
  sandbox.write('repository', '.hgignore', IGNORED);
  for (const name of TRACKED) sandbox.write('repository', name, `${name}\n`);
  sandbox.hg('repository', ['add', '-q', '.hgignore', ...TRACKED]);
  sandbox.hg('repository', ['commit', '-qm', 'first']);
  sandbox.hg('repository', ['remove', 'shut/removed']);
  sandbox.write('repository', 'shut/added', 'added\n');
  sandbox.hg('repository', ['add', '-q', 'shut/added']);
  for (const name of UNTRACKED) sandbox.write('repository', name, `${name}\n`);
  fs.symlinkSync('a', path.join(root, 'shut/link'));
  sandbox.hg('repository', ['status']);
  setModes(root, SHUT_MODE);
  return { sandbox, root };
}

/** The deepest first: below those that are shut, nothing can be changed. */
function setModes(root: string, mode: number): void {
  for (const name of SHUT) fs.chmodSync(path.join(root, name), mode);
}

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command to which files can be forbidden, as they cannot be to root. */
function forbidden(command: readonly string[]): readonly [string, string[]] {
  const [program, ...args] = isRoot
    ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', ...command]
    : command;
  return [program!, args];
}

function asOrdinary(root: string, command: readonly string[], more: NodeJS.ProcessEnv = {}): Answer {
  return spawnSync(...forbidden(command), { cwd: root, env: { ...hgEnvironment(), ...more }, encoding: 'utf8' });
}

describe('what may not be read', { skip: onLinux }, () => {
  test('the same is said as by hg, and that is named', t => {
    const { root } = sampleRepository(t);
    fs.writeFileSync(path.join(root, 'sub/deeper/new'), 'new\n');
    fs.chmodSync(path.join(root, 'sub/deeper'), 0);
    fs.chmodSync(path.join(root, 'sub'), 0o444);
    fs.chmodSync(path.join(root, 'clean'), 0);
    try {
      const theirs = asOrdinary(root, ['hg', 'status', '-A']);
      const ours = asOrdinary(root, [process.execPath, cli, 'status', '-A', '-R', root]);
      assert.deepEqual([ours.status, ours.stdout], [0, theirs.stdout]);
      assert.equal(ours.stdout, '! sub/deep\n! sub/deeper/deepest\nC changed\nC clean\n');
      assert.match(ours.stderr, /^sub\/deep: cannot be read \(EACCES\)$/m);
      fs.chmodSync(path.join(root, '.hg'), 0);
      const shut = asOrdinary(root, [process.execPath, cli, 'status', '-R', root]);
      assert.deepEqual([shut.status, shut.stdout], [255, '']);
      assert.match(shut.stderr, /^abort: .*EACCES/);
    } finally {
      for (const name of ['.hg', 'sub', 'sub/deeper']) fs.chmodSync(path.join(root, name), 0o755);
    }
  });
});

describe('directories that may be listed, but not entered', { skip: onLinux }, () => {
  for (const [way, environment] of Object.entries(WAYS)) {
    test(`status, ${way}`, t => {
      const { root } = shutRepository(t);
      // With several threads only what is not clean nor ignored is asked for.
      for (const wanted of [[], ['-A'], ['-u'], ['-i'], ['-mar']]) {
        const theirs = asOrdinary(root, ['hg', 'status', ...wanted]);
        const ours = asOrdinary(root, [process.execPath, cli, 'status', ...wanted], environment);
        assert.deepEqual([ours.status, ours.stdout], [0, theirs.stdout], wanted.join(' '));
        assert.equal(theirs.status, 0);
        if (wanted.length > 0) continue;
        const missing = ['build/shut/f', 'deep/shut/f', 'shut/added', 'shut/b', 'shut/sub/deep/f', 'shut/sub/f'];
        const rest = ['? deep/unknown'];
        assert.deepEqual(ours.stdout.split('\n').slice(0, -1), [
          'R shut/removed',
          ...missing.map(name => `! ${name}`),
          ...rest,
        ]);
        for (const name of ['shut', 'deep/shut', 'only'])
          assert.match(ours.stderr, new RegExp(`^${name}: cannot be read \\(EACCES\\)$`, 'm'));
      }
    });
  }

  test('status of paths', t => {
    const { root } = shutRepository(t);
    const names = [...new Set([...SHUT, ...TRACKED, ...UNTRACKED, 'shut/sub', 'shut/new', 'shut/none', 'shut/link'])];
    let aborted = 0;
    for (const name of [...names, 'deep', 'build']) {
      const theirs = asOrdinary(root, ['hg', 'status', '-A', name]);
      const ours = asOrdinary(root, [process.execPath, cli, 'status', '-A', name]);
      assert.deepEqual([ours.status, ours.stdout], [theirs.status, theirs.stdout], name);
      // Both give up where it cannot be told whether a directory on the way is a symbolic link.
      if (theirs.status !== 0) aborted++;
      const isNamed = theirs.stderr.includes(`${name}: Permission denied\n`) && !SHUT.includes(name);
      assert.equal(ours.stderr.includes(`${name}: Permission denied\n`), isNamed, name);
    }
    assert.ok(aborted > 0);
  });

  for (const [way, environment] of Object.entries(WAYS)) {
    test(`a session, ${way}: as hg says, and again when they are opened and shut`, async t => {
      const { root } = shutRepository(t);
      const [program, args] = forbidden([process.execPath, cli, 'watch', '-R', root]);
      const env = { ...hgEnvironment(), ...environment };
      const watch = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
      t.after(() => watch.kill('SIGKILL'));
      const told = new Map<string, string>();
      const lines = createInterface({ input: watch.stdout })[Symbol.asyncIterator]();
      const until = async (condition: () => boolean): Promise<void> => {
        for (let line = await lines.next(); !line.done; line = await lines.next()) {
          const update = JSON.parse(line.value) as RepositoryUpdate;
          if (update.reset) told.clear();
          for (const { path: name, status, directory } of update.changed)
            told.set(name, `${STATUS_LETTERS[status]}${directory === true ? '/' : ''}`);
          for (const name of update.cleared) told.delete(name);
          if (update.settled && condition()) return;
        }
        assert.fail('the session ended');
      };
      let barriers = 0;
      const assertSame = async (): Promise<void> => {
        // Events come in order: when this file is told of, so is what happened before.
        const barrier = `barrier-${++barriers}`;
        fs.writeFileSync(path.join(root, barrier), '');
        await until(() => told.has(barrier));
        const theirs = asOrdinary(root, ['hg', 'status', '-mardui']).stdout.split('\n').slice(0, -1);
        const shown = [...told].filter(([, letter]) => !letter.endsWith('/'));
        const ours = shown.map(([name, letter]) => `${letter} ${name}`);
        const whole = [...told].filter(([, letter]) => letter.endsWith('/')).map(([name]) => `I ${name}/`);
        const isInside = (line: string): boolean => whole.some(directory => line.startsWith(directory));
        assert.deepEqual(ours.sort(), theirs.filter(line => !isInside(line)).sort());
        for (const directory of whole)
          assert.ok(
            theirs.some(line => line.startsWith(directory)),
            directory,
          );
      };
      await until(() => true);
      await assertSame();
      setModes(root, 0o755);
      await assertSame();
      assert.equal(told.get('shut/new/f'), '?');
      setModes(root, SHUT_MODE);
      await assertSame();
      assert.equal(told.has('shut/new/f'), false);
    });
  }
});
