import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath, type BytePath } from '../../../src/base/bytePath.ts';
import { reversed, statusBetween, statusToWorkingCopy, type RevisionFile } from '../../../src/status/revisionStatus.ts';
import type { StatusEntry } from '../../../src/status/status.ts';
import { newWorkCounters, type BaseFile, type Status, type StatusInput } from '../../../src/status/types.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory.ts';

type Sides = readonly [path: string, before: string | undefined, after: string | undefined];

/** 'content' or 'content*flag'. */
function file(text: string | undefined): RevisionFile | undefined {
  if (text === undefined) return undefined;
  const [node = '', flag = ''] = text.split('*');
  return { node, flag };
}

function diffOf(sides: readonly Sides[], asked: boolean[] = []): Parameters<typeof statusBetween>[0] {
  return ({ equal }, sink) => {
    asked.push(equal);
    for (const [path, before, after] of sides) {
      if (equal || before !== after) sink(bytePath(path), file(before), file(after));
    }
  };
}

const shown = (entries: readonly StatusEntry[]): string[] =>
  entries.map(({ path, status }) => `${status} ${path}`).sort();

const SIDES: Sides[] = [
  ['added', undefined, 'x'],
  ['removed', 'x', undefined],
  ['modified', 'x', 'y'],
  ['flagged', 'x', 'x*x'],
  ['same', 'x', 'x'],
];

test('statuses between revisions', () => {
  const asked: boolean[] = [];
  const changes = ['added added', 'modified flagged', 'modified modified', 'removed removed'];
  assert.deepEqual(shown(statusBetween(diffOf(SIDES, asked), false, undefined)), changes);
  assert.deepEqual(shown(statusBetween(diffOf(SIDES, asked), true, undefined)), [
    changes[0],
    'clean same',
    ...changes.slice(1),
  ]);
  assert.deepEqual(asked, [false, true]);
  assert.deepEqual(shown(statusBetween(diffOf(SIDES), true, path => path === 'same')), ['clean same']);
});

test('the other way round', () => {
  const of = (status: Status): StatusEntry => ({ path: bytePath(status), status });
  const all = (['modified', 'added', 'removed', 'deleted', 'unknown', 'ignored', 'clean'] as const).map(of);
  assert.deepEqual(shown(reversed(all)), ['added removed', 'clean clean', 'modified modified', 'removed added']);
});

/** The revision has these files; of the same content as the letter. */
function inputOf(directory: TemporaryDirectory, files: Readonly<Record<string, string>>): StatusInput {
  const find = (path: BytePath): BaseFile | undefined => {
    const content = files[path];
    return content === undefined
      ? undefined
      : {
          kind: 'file',
          revision: content,
          matches: source => Buffer.concat([...source.chunks()]).toString() === content,
        };
  };
  const traits = { executableBit: true, symlinks: true };
  const rules = { controlDirectory: '.hg', excluded: new Set<BytePath>(), traits };
  return { root: directory.root, base: { find }, rules } as unknown as StatusInput;
}

function toWorkingCopy(
  directory: TemporaryDirectory,
  files: Readonly<Record<string, string>>,
  working: Readonly<Record<string, Status>>,
  toParent: readonly Sides[],
  clean = false,
): { shown: string[]; filesRead: number } {
  const outcome = newWorkCounters();
  const entries = statusToWorkingCopy({
    input: inputOf(directory, files),
    working: Object.entries(working).map(([path, status]) => ({ path: bytePath(path), status })),
    toParent: diffOf(toParent),
    clean,
    isSelected: undefined,
    outcome,
  });
  return { shown: shown(entries), filesRead: outcome.filesRead };
}

test('from a revision to the working copy: what changed is compared by content, the rest by node', t => {
  const directory = temporaryDirectory(t).files({ back: 'old', changed: 'new', fresh: 'fresh', was: 'was' });
  const files = { back: 'old', changed: 'old', gone: 'g', forgotten: 'f', missing: 'm', parent: 'p' };
  const answer = toWorkingCopy(
    directory,
    files,
    {
      back: 'modified',
      changed: 'modified',
      fresh: 'added',
      gone: 'removed',
      neverThere: 'removed',
      missing: 'deleted',
      missingToo: 'deleted',
      forgotten: 'unknown',
      unknown: 'unknown',
      ignored: 'ignored',
    },
    [
      ['parent', 'p', 'q'],
      ['forgotten', 'f', undefined],
      ['back', 'old', 'other'],
      ['onlyParent', undefined, 'x'],
    ],
  );
  assert.deepEqual(answer.shown, [
    'added fresh',
    'added onlyParent',
    'deleted missing',
    'deleted missingToo',
    'ignored ignored',
    'modified changed',
    'modified parent',
    'removed forgotten',
    'removed gone',
    'unknown unknown',
  ]);
  assert.equal(answer.filesRead, 2);
});

test('clean files are told if asked for, and no content is read for them', t => {
  const directory = temporaryDirectory(t).files({ back: 'old' });
  const answer = toWorkingCopy(directory, { back: 'old', same: 'x' }, { back: 'modified' }, [['same', 'x', 'x']], true);
  assert.deepEqual(answer.shown, ['clean back', 'clean same']);
  assert.equal(answer.filesRead, 1);
});

test('directories with changes of the working copy are told of', t => {
  const told: string[] = [];
  statusToWorkingCopy({
    input: inputOf(temporaryDirectory(t), {}),
    working: [{ path: bytePath('a/b/c'), status: 'deleted' }],
    toParent: ({ isChanged }) => {
      for (const path of ['', 'a', 'a/b', 'a/b/c', 'x']) if (isChanged?.(bytePath(path))) told.push(path);
    },
    clean: true,
    isSelected: undefined,
    outcome: newWorkCounters(),
  });
  assert.deepEqual(told, ['', 'a', 'a/b']);
});
