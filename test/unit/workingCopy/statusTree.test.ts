import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytePath, isAtOrBelow, joinPath, type BytePath } from '../../../src/base/bytePath.ts';
import {
  IGNORED_DIRECTORY,
  plainEntry,
  StatusTree,
  type Directory,
  type Entry,
} from '../../../src/workingCopy/statusTree.ts';

const UNKNOWN = plainEntry('unknown');
const DELETED = plainEntry('deleted');
const MODIFIED = plainEntry('modified');
const NONE = new Set<string>();

const found = (entries: Readonly<Record<string, Entry>>): Map<BytePath, Entry> =>
  new Map(Object.entries(entries).map(([path, entry]) => [bytePath(path), entry]));

const told = (tree: StatusTree): string[] =>
  tree
    .takeChanges()
    .map(({ path, entry }) => `${path} ${entry?.status ?? '-'}`)
    .sort();

const paths = (tree: StatusTree): string[] => [...tree.entries()].map(([path]) => path).sort();

test('a directory is replaced with exactly what was found; entered directories wait for their own step', () => {
  const gone: string[] = [];
  const tree = new StatusTree(path => gone.push(path));
  tree.replaceDirectory(bytePath(''), found({ a: UNKNOWN, m: MODIFIED }), new Set(['d', 'e']), true);
  tree.replaceDirectory(bytePath('d'), found({ 'd/x': UNKNOWN }), NONE, true);
  tree.replaceDirectory(bytePath('e'), found({ 'e/y': UNKNOWN }), NONE, true);
  assert.deepEqual(told(tree), ['a unknown', 'd/x unknown', 'e/y unknown', 'm modified']);

  tree.replaceDirectory(bytePath(''), found({ m: MODIFIED, 'e/y': DELETED }), new Set(['d']), true);
  assert.deepEqual(told(tree), ['a -', 'e/y deleted']);
  assert.deepEqual(paths(tree), ['d/x', 'e/y', 'm']);
  assert.deepEqual(gone, ['e']);
  assert.equal(tree.directory(bytePath('d'))?.listed, true);
  assert.equal(tree.directory(bytePath('e'))?.listed, false);
});

test('a path is replaced with all below it, unless it was entered', () => {
  const tree = new StatusTree();
  tree.replaceDirectory(bytePath(''), found({ 'd/x': DELETED, 'd/e/y': DELETED, dd: UNKNOWN }), NONE, true);
  tree.takeChanges();
  tree.replacePath(bytePath('d'), found({ d: UNKNOWN }), true);
  assert.deepEqual(told(tree), ['d unknown']);
  tree.replacePath(bytePath('d'), found({ 'd/x': DELETED }), false);
  assert.deepEqual(told(tree), ['d -', 'd/e/y -']);
  tree.replacePath(bytePath('never/there'), found({}), false);
  assert.deepEqual(told(tree), []);
  assert.equal(tree.directory(bytePath('never')), undefined);
});

test('what goes and comes back is no change, and is not counted as one', () => {
  const tree = new StatusTree();
  const missing = found({ 'gone/a': DELETED, 'gone/b': DELETED });
  tree.replaceDirectory(bytePath(''), missing, NONE, true);
  assert.equal(tree.unpublishedCount, 2);
  assert.equal(tree.takeChanges().length, 2);
  // The directory is read again and is as it was.
  tree.replaceDirectory(bytePath(''), missing, NONE, true);
  assert.equal(tree.unpublishedCount, 0);
  assert.deepEqual(tree.takeChanges(), []);
  tree.setEntry(bytePath('new'), UNKNOWN);
  tree.replacePath(bytePath('new'), found({}), false);
  assert.equal(tree.unpublishedCount, 0);
});

test('a change of the copy source or from a file to a directory is a change', () => {
  const tree = new StatusTree();
  const path = bytePath('p');
  const steps: Entry[] = [
    { status: 'added' },
    { status: 'added', source: bytePath('a') },
    { status: 'added', source: bytePath('b') },
    { status: 'ignored' },
    IGNORED_DIRECTORY,
  ];
  for (const entry of steps) {
    tree.setEntry(path, entry);
    assert.deepEqual(tree.takeChanges(), [{ path, entry }]);
    tree.setEntry(path, { ...entry });
    assert.deepEqual(tree.takeChanges(), []);
  }
});

test('a name may be an entry and a directory at once', () => {
  const tree = new StatusTree();
  tree.replaceDirectory(bytePath(''), found({ x: plainEntry('removed') }), new Set(['x']), true);
  tree.replaceDirectory(bytePath('x'), found({ 'x/y': UNKNOWN }), NONE, true);
  assert.deepEqual(
    [...tree.entries(bytePath('x'))].map(([path]) => path),
    ['x', 'x/y'],
  );
  assert.deepEqual(
    [...tree.entries(bytePath('x/y'))].map(([path]) => path),
    ['x/y'],
  );
});

test('the ignored directory above a path', () => {
  const tree = new StatusTree();
  tree.setEntry(bytePath('d/build'), IGNORED_DIRECTORY);
  tree.setEntry(bytePath('d/file'), plainEntry('ignored'));
  const above = (path: string): string | undefined => tree.ignoredDirectoryAbove(bytePath(path));
  assert.equal(above('d/build/x'), 'd/build');
  assert.equal(above('d/build/x/y'), 'd/build');
  assert.equal(above('d/build'), undefined);
  assert.equal(above('d/build2/x'), undefined);
  assert.equal(above('d/file/x'), undefined);
  assert.equal(above('x'), undefined);
});

test('one object per plain status', () => {
  assert.equal(plainEntry('unknown'), UNKNOWN);
  assert.deepEqual(UNKNOWN, { status: 'unknown' });
});

// A naive model: a map of all entries. Whatever is done to both, they agree.

const NAMES = ['a', 'b', 'c'];
const name = fc.constantFrom(...NAMES);
const anyPath = fc.array(name, { minLength: 1, maxLength: 3 }).map(names => bytePath(names.join('/')));
const anyEntry: fc.Arbitrary<Entry> = fc.constantFrom<Entry>(UNKNOWN, MODIFIED, DELETED, IGNORED_DIRECTORY, {
  status: 'added',
  source: bytePath('s'),
});

type Step =
  | { kind: 'directory'; path: BytePath; found: [BytePath, Entry][]; entered: string[]; listed: boolean }
  | { kind: 'path'; path: BytePath; found: [BytePath, Entry][]; entered: boolean }
  | { kind: 'set'; path: BytePath; entry: Entry }
  | { kind: 'take' };

const below = (path: BytePath, relative: BytePath): BytePath => joinPath(path, relative);
const anyFound = fc.array(fc.tuple(anyPath, anyEntry), { maxLength: 4 });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({
      path: fc.option(anyPath, { nil: bytePath('') }),
      found: anyFound,
      entered: fc.subarray(NAMES),
      listed: fc.boolean(),
    })
    .map(({ path, found: at, entered, listed }) => ({
      kind: 'directory' as const,
      path,
      found: at
        .filter(([relative]) => !relative.includes('/') || !entered.includes(relative.slice(0, 1)))
        .map(([relative, entry]): [BytePath, Entry] => [below(path, relative), entry]),
      entered,
      listed,
    })),
  fc
    .record({ path: anyPath, own: fc.option(anyEntry, { nil: undefined }), found: anyFound, entered: fc.boolean() })
    .map(({ path, own, found: at, entered }) => ({
      kind: 'path' as const,
      path,
      found: [
        ...(own === undefined ? [] : [[path, own] as [BytePath, Entry]]),
        ...(entered ? [] : at.map(([relative, entry]): [BytePath, Entry] => [below(path, relative), entry])),
      ],
      entered,
    })),
  fc.record({ kind: fc.constant('set' as const), path: anyPath, entry: anyEntry }),
  fc.constant({ kind: 'take' as const }),
);

function applyToModel(model: Map<BytePath, Entry>, step: Step): void {
  if (step.kind === 'take') return;
  if (step.kind === 'set') {
    model.set(step.path, step.entry);
    return;
  }
  for (const path of [...model.keys()]) {
    if (!isAtOrBelow(path, step.path) || path === bytePath('')) continue;
    if (step.kind === 'path') {
      if (path === step.path || !step.entered) model.delete(path);
    } else if (path !== step.path) {
      const relative = step.path === '' ? path : path.slice(step.path.length + 1);
      const slash = relative.indexOf('/');
      if (slash < 0 || !step.entered.includes(relative.slice(0, slash))) model.delete(path);
    }
  }
  for (const [path, entry] of step.found) model.set(path, entry);
}

function directories(top: Directory, path = bytePath(''), all = new Set<BytePath>()): Set<BytePath> {
  for (const [child, directory] of top.subdirectories ?? []) {
    all.add(joinPath(path, child));
    directories(directory, joinPath(path, child), all);
  }
  return all;
}

const sorted = (entries: Iterable<[BytePath, Entry]>): [BytePath, Entry][] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

test('any sequence of replacements leaves what a plain map would hold, counted right and told once', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 25 }), steps => {
      const gone = new Set<BytePath>();
      const tree = new StatusTree(path => gone.add(path));
      const model = new Map<BytePath, Entry>();
      let published = new Map<BytePath, Entry>();
      for (const step of steps) {
        gone.clear();
        const before = directories(tree.directory(bytePath(''))!);
        if (step.kind === 'directory') {
          tree.replaceDirectory(step.path, new Map(step.found), new Set(step.entered), step.listed);
        } else if (step.kind === 'path') tree.replacePath(step.path, new Map(step.found), step.entered);
        else if (step.kind === 'set') tree.setEntry(step.path, step.entry);
        applyToModel(model, step);
        assert.deepEqual(sorted(tree.entries()), sorted(model));

        const after = directories(tree.directory(bytePath(''))!);
        for (const path of before) if (!after.has(path)) assert.ok(gone.has(path), `${path} is gone, and nobody told`);
        for (const path of gone) assert.ok(before.has(path), `${path} was never there`);

        const counts = { modified: 0, added: 0, removed: 0, deleted: 0, unknown: 0, ignored: 0 };
        for (const entry of model.values()) counts[entry.status]++;
        assert.deepEqual(tree.counts, counts);

        const changed = [...new Set([...published.keys(), ...model.keys()])].filter(
          path => JSON.stringify(published.get(path)) !== JSON.stringify(model.get(path)),
        );
        assert.equal(tree.unpublishedCount, changed.length);
        if (step.kind !== 'take') continue;
        const changes = tree.takeChanges();
        assert.deepEqual(changes.map(({ path }) => path).sort(), changed.sort());
        for (const { path, entry } of changes) assert.deepEqual(entry, model.get(path));
        published = new Map(model);
      }
    }),
    { numRuns: 500 },
  );
});
