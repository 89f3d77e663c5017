// File systems on which names that differ in case only are one file: imitated, for lstat is made to find them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { test, type TestContext } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import { asRecorded, foldCase, recordedPath } from '../../../src/status/caseFolding.ts';
import type { StatusInput } from '../../../src/status/types.ts';
import { fakeInput, FakeStatCache, type FakeEntry } from '../../support/fakeStatCache.ts';
import { OLD_SECONDS, temporaryDirectory } from '../../support/temporaryDirectory.ts';
import { statusOf } from './statusRun.ts';

/** lstat and readdir find a name in any case, as they do on such a file system. */
function foldingDisk(t: TestContext, root: string): void {
  const list = fs.readdirSync;
  const spelled = (path: unknown): unknown => {
    if (typeof path !== 'string' || !path.startsWith(`${root}/`)) return path;
    let at = root;
    for (const name of path.slice(root.length + 1).split('/')) {
      const names = fs.existsSync(at) && fs.statSync(at).isDirectory() ? (list as (p: string) => string[])(at) : [];
      at += `/${names.includes(name) ? name : (names.find(other => foldCase(other) === foldCase(name)) ?? name)}`;
    }
    return at;
  };
  for (const name of ['lstatSync', 'readdirSync'] as const) {
    const original = fs[name] as (...args: unknown[]) => unknown;
    const replaced = t.mock.method(fs, name, (first: unknown, ...rest: unknown[]) =>
      original(rest.length === 0 ? first : spelled(first), ...rest),
    );
    t.after(() => {
      replaced.mock.restore();
      syncBuiltinESMExports();
    });
  }
  syncBuiltinESMExports();
}

function folding(root: string, entries: readonly FakeEntry[]): StatusInput {
  const input = fakeInput({ root, entries });
  return { ...input, rules: { ...input.rules, foldsCase: true } };
}

const recorded = (path: string): FakeEntry => ({ path, size: 1, mtime: OLD_SECONDS });

test('a name on disk is the recorded one that it equals when folded', async t => {
  const directory = temporaryDirectory(t);
  directory.files({ 'SRC/Read.me': '1', 'SRC/new': '', 'src2/x': '22', README: '1' });
  foldingDisk(t, directory.root);
  const entries = ['src/read.ME', 'src2/x', 'readme', 'gone'].map(recorded);
  const { lines } = await statusOf(folding(directory.root, entries));
  assert.deepEqual(lines, ['! gone', '? src/new', 'C readme', 'C src/read.ME', 'M src2/x']);
  const some = await statusOf(folding(directory.root, entries), { paths: ['SRC/READ.ME', 'GONE'] });
  assert.deepEqual(some.lines, ['! gone', 'C src/read.ME']);
});

test('elsewhere they are two files', async t => {
  const directory = temporaryDirectory(t);
  directory.files({ README: '1' });
  const { lines } = await statusOf(fakeInput({ root: directory.root, entries: [recorded('readme')] }));
  assert.deepEqual(lines, ['! readme', '? README']);
});

test('a name that is recorded as it stands keeps to itself', () => {
  const cache = new FakeStatCache(['A', 'b'].map(recorded));
  const file = (name: string) => ({ name, kind: 'file' as const });
  const listing = ['A', 'B', 'a'].map(file);
  assert.deepEqual(asRecorded(listing, cache, cache.root), ['A', 'a', 'b'].map(file));
  assert.equal(asRecorded(['A', 'a', 'b'].map(file), cache, cache.root).length, 3);
});

test('composed and decomposed letters are one name on macOS only', () => {
  const composed = '\xc3\xa9';
  const decomposed = 'e\xcc\x81';
  assert.equal(foldCase(composed, 'darwin'), foldCase(decomposed, 'darwin'));
  for (const platform of ['linux', 'win32'] as const) {
    assert.notEqual(foldCase(composed, platform), foldCase(decomposed, platform));
  }
  const cache = new FakeStatCache([recorded(`${composed}/f`)]);
  const given = process.platform === 'darwin' ? decomposed : composed;
  assert.equal(recordedPath(cache, bytePath(`${given}/F/g`)), `${composed}/f/g`);
  assert.equal(recordedPath(cache, bytePath('other/F')), 'other/F');
});
