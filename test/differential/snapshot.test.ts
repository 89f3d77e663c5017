// A status is that of one moment: what happens to the repository while it is computed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { currentEnvironment } from '../../src/files/environment.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { isStale, settledStatus, takeSnapshot, type SettledStatus } from '../../src/backends/mercurial/snapshot.ts';
import { hgAtOnce } from '../support/hgAtOnce.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

let base = '';
let root = '';
let count = 0;

function hg(...args: string[]): void {
  const { code, stderr } = hgAtOnce(args, { cwd: root, env: { ...process.env, HGRCPATH: '', HGPLAIN: '1' } });
  assert.equal(code, 0, stderr.toString());
}

function open(): MercurialRepository {
  const environment = currentEnvironment();
  const variables = { ...environment.variables, HGRCPATH: '' };
  return MercurialRepository.open(root, { vfs: new Vfs(), environment: { ...environment, variables } });
}

/** A status during each attempt of which `meanwhile` is called with the attempt's number. */
async function statusWhile(meanwhile: (attempt: number) => void): Promise<{ status: SettledStatus; attempts: number }> {
  let attempts = 0;
  const status = await settledStatus(open(), { rules: 'at-once' }, () => {
    meanwhile(++attempts);
    return { ignored: 'none', clean: true };
  });
  return { status, attempts };
}

function listing({ result }: SettledStatus): string[] {
  return result.entries.map(({ path, status }) => `${path} ${status}`).sort();
}

describe('a status of one moment', () => {
  before(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'quicksilver-snapshot-')));
  });

  beforeEach(() => {
    root = base;
    hg('init', `r${++count}`);
    root = join(base, `r${count}`);
    writeFileSync(join(root, 'a'), 'a\n');
    hg('commit', '-A', '-q', '-m', 'one', '-u', 'x');
    writeFileSync(join(root, 'b'), 'b\n');
  });

  after(() => removeTree(base));

  test('nothing happens: one attempt', async () => {
    const { status, attempts } = await statusWhile(() => undefined);
    assert.deepEqual([attempts, status.settled], [1, true]);
    assert.deepEqual(listing(status), ['a clean', 'b unknown']);
  });

  test('the dirstate is replaced: computed again', async () => {
    const { status, attempts } = await statusWhile(attempt => {
      if (attempt === 1) hg('add', 'b');
    });
    assert.deepEqual([attempts, status.settled], [2, true]);
    assert.deepEqual(listing(status), ['a clean', 'b added']);
  });

  test('a commit: compared with the new revision', async () => {
    writeFileSync(join(root, 'a'), 'A\n');
    const { status, attempts } = await statusWhile(attempt => {
      if (attempt === 1) hg('commit', '-q', '-m', 'two', '-u', 'x');
    });
    assert.deepEqual([attempts, status.settled], [2, true]);
    assert.deepEqual(listing(status), ['a clean', 'b unknown']);
  });

  test('it never stops: an answer all the same, after some attempts', async () => {
    const { status, attempts } = await statusWhile(attempt => hg(attempt % 2 === 1 ? 'add' : 'forget', 'b'));
    assert.deepEqual([attempts, status.settled], [4, false]);
  });

  test(
    'a lock that appears makes it compute again, one that was there does not',
    { skip: process.platform === 'win32' },
    async () => {
      const lock = join(root, '.hg', 'wlock');
      const appearing = await statusWhile(attempt => {
        if (attempt === 1) symlinkSync('elsewhere:1', lock);
      });
      assert.deepEqual([appearing.attempts, appearing.status.settled], [2, true]);
      const held = await statusWhile(() => undefined);
      assert.deepEqual([held.attempts, held.status.settled], [1, true]);
    },
  );

  test('ignore files are read only for files that are not tracked', () => {
    writeFileSync(join(root, '.hgignore'), '(\n');
    const repository = open();
    assert.throws(() => takeSnapshot(repository, { rules: 'at-once' }).prepare(), { message: /invalid pattern/ });
    const snapshot = takeSnapshot(repository, { rules: 'never' });
    assert.equal(snapshot.ignore(), undefined);
    assert.equal(isStale(repository, snapshot), false);
    rmSync(join(root, '.hgignore'));
    hg('add', 'b');
    assert.equal(isStale(repository, snapshot), true);
  });

  test('where ignored files are asked for, the rules are read when something that is not recorded turns up, as hg does', async () => {
    writeFileSync(join(root, '.hgignore'), '');
    hg('add', '.hgignore', 'b');
    writeFileSync(join(root, '.hgignore'), '(\n');
    const everything = (): Promise<SettledStatus> =>
      settledStatus(open(), { rules: 'when-needed' }, () => ({ ignored: 'all', clean: true }));
    const hgStatus = (): number | null =>
      spawnSync('hg', ['status', '-A'], { cwd: root, env: { ...process.env, HGRCPATH: '' } }).status;
    assert.equal(hgStatus(), 0);
    const status = await everything();
    assert.deepEqual(listing(status), ['.hgignore added', 'a clean', 'b added']);
    assert.equal(status.snapshot.ignore(), undefined);
    writeFileSync(join(root, 'c'), '');
    assert.equal(hgStatus(), 255);
    await assert.rejects(everything(), { message: /invalid pattern/ });
  });
});
