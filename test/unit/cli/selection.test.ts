import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bytePath, type BytePath } from '../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { fromRoot, realPath, relativeTo } from '../../../src/cli/pathNames.ts';
import { compilePathPatterns } from '../../../src/backends/mercurial/commandLine/pathPatterns.ts';
import { selectPaths, splitKind, type Selection } from '../../../src/cli/selection.ts';
import { Vfs } from '../../../src/files/vfs.ts';
import { NO_NODE, type StatCache } from '../../../src/status/types.ts';
import { removeTree } from '../../../scripts/lib/remove-tree.mjs';

/** A cache in which the given paths are recorded; directories above them have no entries of their own. */
function recording(...paths: string[]): StatCache {
  const nodes = [
    '',
    ...new Set(paths.flatMap(path => path.split('/').map((_, i, all) => all.slice(0, i + 1).join('/')))),
  ];
  return {
    root: 0,
    nodeCount: nodes.length,
    entryCount: paths.length,
    firstChild: () => 0,
    childCount: node => nodes.filter(path => path.startsWith(`${nodes[node]!}/`)).length,
    name: node => nodes[node]!,
    path: node => bytePath(nodes[node]!),
    find: path => (nodes.includes(path) ? nodes.indexOf(path) : NO_NODE),
    kind: node => (paths.includes(nodes[node]!) ? 'tracked' : 'none'),
    compareStat: () => 'unsure',
    copySource: () => undefined,
  };
}

const vfs = new Vfs();
let base = '';
let root = '';

before(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'quicksilver-selection-')));
  root = join(base, 'r');
  mkdirSync(join(root, 'd', 'e'), { recursive: true });
  mkdirSync(join(root, '.hg'));
  mkdirSync(join(root, 'nested', '.hg'), { recursive: true });
  writeFileSync(join(root, 'd', 'file'), '');
  symlinkSync('d', join(root, 'link'));
  symlinkSync('nowhere', join(root, 'dangling'));
  symlinkSync(root, join(base, 'other'));
  symlinkSync('loop', join(base, 'loop'));
});

after(() => removeTree(base));

function select(args: string[], { cwd = root, statCache = recording() } = {}): Promise<Selection> {
  return selectPaths(args, { vfs, root, cwd, statCache }, (patterns, reach) =>
    Promise.resolve(compilePathPatterns(patterns, reach)),
  );
}

async function rejects(promise: Promise<unknown>, message: string): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof QuicksilverError);
    assert.deepEqual([error.code, error.message], ['usage', message]);
    return true;
  });
}

// Windows makes no symbolic links for everybody, and no fifos at all.
const skip = process.platform === 'win32';

describe('names of paths', { skip }, () => {
  test('relative and absolute ones, by whatever name the root is reached', () => {
    assert.equal(fromRoot(vfs, root, root, 'd//./e/../file'), 'd/file');
    assert.equal(fromRoot(vfs, root, join(root, 'd'), '..'), '');
    assert.equal(fromRoot(vfs, root, base, 'r/d'), 'd');
    assert.equal(fromRoot(vfs, root, base, join(base, 'other', 'd', 'x')), 'd/x');
    assert.equal(fromRoot(vfs, root, base, 'other'), '');
    assert.equal(fromRoot(vfs, root, root, 'link'), 'link');
    assert.equal(fromRoot(vfs, root, root, 'é'), '\xc3\xa9');
  });

  test('outside of the root', () => {
    assert.throws(() => fromRoot(vfs, root, root, '../x'), { message: `../x not under root '${root}'` });
    assert.throws(() => fromRoot(vfs, root, root, `${root}x`), { message: `${root}x not under root '${root}'` });
  });

  test('symbolic links are resolved, up to a limit', () => {
    assert.equal(realPath(vfs, join(base, 'other', 'link', 'e')), join(root, 'd', 'e'));
    assert.equal(realPath(vfs, join(root, 'dangling', 'x')), join(root, 'nowhere', 'x'));
    assert.throws(() => realPath(vfs, join(base, 'loop')), { message: `${base}/loop: too many symbolic links` });
  });

  test('as seen from a directory', () => {
    const show = (cwd: string, path: string): string => relativeTo('/r', cwd, '/')(bytePath(path));
    assert.deepEqual([show('/r', 'a/b'), show('/r', '')], ['a/b', '.']);
    assert.deepEqual([show('/r/a', 'a/b'), show('/r/a', 'ab/c'), show('/r/a/c', 'a/b')], ['b', '../ab/c', '../b']);
    assert.deepEqual([show('/r/a', ''), show('/r/a', 'a'), show('/r/a', 'b')], ['..', '.', '../b']);
    assert.deepEqual([show('/x/y', 'a'), show('/', 'a/b'), show('/x', '')], ['../../r/a', 'r/a/b', '../r']);
    assert.equal(show('/r/é', '\xc3\xa9/x'), 'x');
    assert.equal(relativeTo('/r', '/r/a', '\\')(bytePath('b/c')), '..\\b\\c');
  });
});

describe('selection', { skip }, () => {
  test('none selects everything', async () => {
    const nothing = { bases: [], complaints: [], inSubrepositories: [] };
    assert.deepEqual(await select([]), { paths: undefined, filter: undefined, ...nothing });
  });

  test('paths from the current directory, and from the root', async () => {
    assert.deepEqual((await select(['file', 'path:d/e', 'relpath:e'], { cwd: join(root, 'd') })).paths, [
      'd/file',
      'd/e',
      'd/e',
    ]);
    assert.deepEqual((await select(['no:kind', 'd'])).paths, ['no:kind', 'd']);
  });

  test('exactly a path, and the files in a directory, untracked ones too', async () => {
    const { bases, filter, complaints } = await select(['filepath:d/file', 'filepath:nope'], { cwd: join(root, 'd') });
    assert.deepEqual(bases, ['d/file', 'nope']);
    assert.deepEqual(complaints, [{ path: 'nope', reason: 'No such file or directory' }]);
    const chosen = (path: string): boolean => filter!(bytePath(path), false);
    assert.deepEqual(['d/file', 'd/file/x', 'd/files', 'file'].map(chosen), [true, false, false, false]);
    const within = await select(['rootfilesin:d']);
    assert.equal(within.paths, undefined);
    assert.deepEqual(
      ['d/new', 'd/e/x', 'new'].map(path => within.filter!(bytePath(path), false)),
      [true, false, false],
    );
    // Other arguments lead elsewhere, and only there untracked files are found.
    const both = await select(['rootfilesin:d', 'nested']);
    assert.deepEqual(
      [false, true].map(isTracked => both.filter!(bytePath('d/new'), isTracked)),
      [false, true],
    );
  });

  test('complaints in the order of paths: nothing there, below a file, not a file', async () => {
    execFileSync('mkfifo', [join(root, 'fifo')]);
    assert.deepEqual((await select(['nope', 'fifo', 'd/file/x', 'fifo/x', 'd', 'dangling', 'link'])).complaints, [
      { path: 'd/file/x', reason: 'Not a directory' },
      { path: 'fifo', reason: 'unsupported file type (type is fifo)' },
      { path: 'fifo/x', reason: 'Not a directory' },
      { path: 'nope', reason: 'No such file or directory' },
    ]);
  });

  test('no complaint where everything is looked at', async () => {
    assert.deepEqual((await select(['nope', ''])).complaints, []);
    assert.deepEqual((await select(['nope', 're:x'])).complaints, []);
  });

  test('no complaint about what is recorded', async () => {
    const statCache = recording('gone/f', 'a');
    const { complaints } = await select(['gone', 'gone/f', 'a', 'gone/g'], { statCache });
    assert.deepEqual(complaints, [{ path: 'gone/g', reason: 'No such file or directory' }]);
  });

  test('what leads out of the working copy is an error', async () => {
    await rejects(select(['link/x']), "path 'link/x' lies beyond the symbolic link 'link'");
    await rejects(select(['dangling/x']), "path 'dangling/x' lies beyond the symbolic link 'dangling'");
    await rejects(select(['nested/x/y']), "path 'nested/x/y' belongs to the nested repository 'nested'");
    await rejects(select(['.hg/store']), "path '.hg/store' lies in the repository's own .hg");
    await rejects(select(['.HG']), "path '.HG' lies in the repository's own .hg");
    await rejects(select(['d/.hg/x']), "path 'd/.hg/x' belongs to the nested repository 'd'");
    await rejects(select(['glob:link/*']), "path 'link/*' lies beyond the symbolic link 'link'");
    await rejects(select([base]), `${base} not under root '${root}'`);
    assert.deepEqual((await select(['nested', 'link'])).complaints, []);
  });

  test('a name that is not UTF-8 cannot have arrived', async () => {
    await rejects(
      select(['\ufffd']),
      "'\ufffd' cannot be named here unless it is UTF-8: give the directory that it is in",
    );
  });

  test('patterns restrict, and tell where to look', async () => {
    const { paths, filter, complaints } = await select(['glob:*.c', 'path:d', 'rootglob:x/y/{a,b}'], {
      cwd: join(root, 'd'),
    });
    assert.deepEqual(paths, ['d', 'd', 'x/y']);
    assert.deepEqual(complaints, [{ path: 'x/y', reason: 'No such file or directory' }]);
    const matched = ['d/a.c', 'd/e/a.c', 'a.c', 'x/y/a', 'x/y/a/b', 'x/y/c'].filter(path =>
      filter!(path as BytePath, false),
    );
    assert.deepEqual(matched, ['d/a.c', 'd/e/a.c', 'x/y/a']);
    assert.deepEqual((await select(['re:.*x'])).paths, ['']);
    const direct = await select(['rootfilesin:d', 'glob:d/e/*']);
    assert.equal(direct.paths, undefined);
    assert.deepEqual(
      (['d/x', 'd/e/x', 'x'] as BytePath[]).map(path => [direct.filter!(path, true), direct.filter!(path, false)]),
      [
        [true, false],
        [true, true],
        [false, false],
      ],
    );
    assert.deepEqual((await select(['glob:a'])).paths, ['a']);
  });

  test('patterns that are wrong, or of a kind that is not there', async () => {
    await rejects(select(['re:(']), 'invalid pattern (re): (');
    await rejects(select(['glob:{a']), 'invalid pattern (glob): {a');
    await rejects(select(['set:modified()']), "patterns of kind 'set:' are not supported: set:modified()");
    assert.deepEqual(splitKind('foo:a'), { kind: 'relpath', text: 'foo:a' });
    assert.deepEqual(splitKind('relglob:*.c'), { kind: 'relglob', text: '*.c' });
  });
});
