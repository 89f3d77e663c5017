// Whatever happens on disk: if each thing that happened is hinted at as the operating system reports it, the result is
// what a fresh scan finds, also when a scan was under way meanwhile.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { fakeInput } from '../../../support/fakeStatCache.ts';
import { OLD_SECONDS, temporaryDirectory, type TemporaryDirectory } from '../../../support/temporaryDirectory.ts';
import { bulkForms } from '../../../support/bulkForms.ts';
import { WorkingCopyModel } from '../workingCopyModel.ts';

const name = fc.constantFrom('a', 'b', 'c');
const anyPath = fc.array(name, { minLength: 1, maxLength: 3 }).map(names => names.join('/'));

interface Operation {
  readonly kind: 'write' | 'remove' | 'rename' | 'symlink' | 'nest' | 'unnest' | 'mkdir';
  readonly path: string;
  readonly other: string;
}

const anyOperation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom('write', 'write', 'remove', 'rename', 'rename', 'symlink', 'nest', 'unnest', 'mkdir'),
  path: anyPath,
  other: anyPath,
});

/** The uppermost component of a path that does not exist: the only one of which a watcher tells when all are made. */
function uppermostMissing(directory: TemporaryDirectory, path: string): string {
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    if (!fs.existsSync(directory.at(path.slice(0, slash)))) return path.slice(0, slash);
  }
  return path;
}

const isLink = (directory: TemporaryDirectory, path: string): boolean =>
  fs.lstatSync(directory.at(path), { throwIfNoEntry: false })?.isSymbolicLink() === true;

/** Does it if it can be done, and answers what a watcher would tell of. */
function perform(directory: TemporaryDirectory, { kind, path, other }: Operation): string[] {
  const control = `${path}/.hg`;
  const target = kind === 'rename' ? other : kind === 'nest' ? control : path;
  const hints = [uppermostMissing(directory, target)];
  if (kind === 'rename') hints.push(path);
  if (kind === 'unnest') hints.push(control);
  try {
    // A path through a link would change another place than the one that is told.
    for (const at of [path, other]) {
      for (let end = at.indexOf('/'); end > 0; end = at.indexOf('/', end + 1)) {
        if (isLink(directory, at.slice(0, end))) return [];
      }
    }
    if (isLink(directory, path) && kind !== 'rename') directory.remove(path);
    if (kind === 'write') directory.write(path, 'x');
    else if (kind === 'remove') directory.remove(path);
    else if (kind === 'rename') directory.rename(path, other);
    else if (kind === 'symlink') directory.symlink('a', path);
    else if (kind === 'nest') directory.mkdir(control);
    else if (kind === 'unnest') directory.remove(control);
    else directory.mkdir(path);
  } catch (error) {
    assert.match(String(error), /EISDIR|EEXIST|ENOTDIR|ENOTEMPTY|EINVAL|ENOENT/);
  }
  return hints;
}

const anyRun = fc.record({
  before: fc.array(anyOperation, { maxLength: 8 }),
  recorded: fc.uniqueArray(anyPath, { maxLength: 4 }),
  ignored: fc.oneof(fc.constant([]), fc.array(fc.oneof(name, anyPath), { maxLength: 2 })),
  excluded: fc.array(anyPath, { maxLength: 1 }),
  isGit: fc.boolean(),
  /** Each group is hinted at together; while a scan runs, it makes this many steps in between. */
  groups: fc.array(fc.record({ operations: fc.array(anyOperation, { maxLength: 4 }), steps: fc.nat({ max: 3 }) }), {
    maxLength: 6,
  }),
});

for (const scanning of [false, true]) {
  test(`random changes${scanning ? ' during a scan' : ''}`, t => {
    const directory = temporaryDirectory(t);
    fc.assert(
      fc.property(anyRun, ({ before, recorded, ignored, excluded, isGit, groups }) => {
        directory.clear();
        for (const operation of before) perform(directory, operation);
        const entries = recorded.map(path => ({ path, size: 1, mtime: OLD_SECONDS }));
        const model = WorkingCopyModel.scanned(fakeInput({ root: directory.root, entries, ignored, excluded, isGit }));
        const scan = scanning ? model.everything() : undefined;
        for (const { operations, steps } of groups) {
          for (let i = 0; i < steps; i++) scan?.step();
          model.hint(...operations.flatMap(operation => perform(directory, operation)));
          scan?.resume();
          if (!scanning) model.assertTrue();
        }
        if (scan !== undefined) model.finish(scan);
        model.assertTrue();
      }),
      { numRuns: 150 },
    );
  });
}

for (const { name: form, scanners } of bulkForms()) {
  test(`a scan by several threads after random changes (${form})`, async t => {
    const directory = temporaryDirectory(t);
    await fc.assert(
      fc.asyncProperty(
        anyRun,
        fc.boolean(),
        fc.integer({ min: 1, max: 6 }),
        async ({ before, recorded, ignored, excluded, isGit, groups }, fresh, unitNodes) => {
          directory.clear();
          for (const operation of before) perform(directory, operation);
          const entries = recorded.map(path => ({ path, size: 1, mtime: OLD_SECONDS }));
          const input = fakeInput({ root: directory.root, entries, ignored, excluded, isGit });
          const model = fresh ? new WorkingCopyModel(input) : WorkingCopyModel.scanned(input);
          for (const { operations } of groups) for (const operation of operations) perform(directory, operation);
          const failures: unknown[] = [];
          await model.bulk({ scanners, minimumNodes: 0, unitNodes, onFailure: error => failures.push(error) });
          assert.deepEqual(failures, []);
          model.assertTrue();
        },
      ),
      { numRuns: 150 },
    );
  });
}

for (const { name: form, scanners } of bulkForms()) {
  test(`what a survey tells of after random changes (${form})`, async t => {
    const directory = temporaryDirectory(t);
    const anyUnit = fc.integer({ min: 1, max: 6 });
    await fc.assert(
      fc.asyncProperty(anyRun, anyUnit, async ({ before, recorded, ignored, excluded, isGit, groups }, unitNodes) => {
        directory.clear();
        for (const operation of before) perform(directory, operation);
        const entries = recorded.map(path => ({ path, size: 1, mtime: OLD_SECONDS }));
        const model = WorkingCopyModel.scanned(fakeInput({ root: directory.root, entries, ignored, excluded, isGit }));
        const seen = groups.splice(4).map(({ operations }) => operations);
        for (const { operations } of groups) for (const operation of operations) perform(directory, operation);
        const failures: unknown[] = [];
        await model.survey({ scanners, minimumNodes: 0, unitNodes, onFailure: error => failures.push(error) }, () => {
          model.hint(...(seen.shift() ?? []).flatMap(operation => perform(directory, operation)));
        });
        assert.deepEqual(failures, []);
        model.assertTrue();
      }),
      { numRuns: 300 },
    );
  });
}

const anyEntries = fc.uniqueArray(
  fc.record({ path: anyPath, kind: fc.constantFrom('tracked', 'added', 'removed'), size: fc.nat({ max: 1 }) }),
  { maxLength: 5, selector: ({ path }) => path },
);

test('random changes of what is recorded, and on disk', t => {
  const directory = temporaryDirectory(t);
  const anySteps = fc.array(fc.record({ entries: anyEntries, operations: fc.array(anyOperation, { maxLength: 2 }) }), {
    minLength: 2,
    maxLength: 5,
  });
  const anyRules = fc.record({
    ignored: fc.oneof(fc.constant([]), fc.array(fc.oneof(name, anyPath), { maxLength: 2 })),
    excluded: fc.array(anyPath, { maxLength: 1 }),
  });
  fc.assert(
    fc.property(fc.array(anyOperation, { maxLength: 8 }), anyRules, anySteps, (before, rules, steps) => {
      directory.clear();
      for (const operation of before) perform(directory, operation);
      const inputs = steps.map(({ entries }) =>
        fakeInput({
          root: directory.root,
          entries: entries.map(entry => ({ ...entry, mtime: OLD_SECONDS })),
          ...rules,
        }),
      );
      const model = WorkingCopyModel.scanned(inputs[0]!);
      for (const [i, { entries, operations }] of steps.entries()) {
        const known = new Map(steps[Math.max(0, i - 1)]!.entries.map(entry => [entry.path, JSON.stringify(entry)]));
        const next = new Map(entries.map(entry => [entry.path, JSON.stringify(entry)]));
        const changed = [...new Set([...known.keys(), ...next.keys()])].filter(at => known.get(at) !== next.get(at));
        model.input = inputs[i]!;
        model.recorded(...changed);
        model.hint(...operations.flatMap(operation => perform(directory, operation)));
        model.assertTrue();
      }
    }),
    { numRuns: 150 },
  );
});
