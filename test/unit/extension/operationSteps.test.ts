import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownWords, type HgCall } from '../../../src/hgCommand/hgCall.ts';
import {
  abortCall,
  bisectSentence,
  continueCall,
  finishUpdateCall,
  isFound,
  isResumable,
  leftOut,
  reasonToStop,
  rejects,
  verdictCall,
} from '../../../src/extension/features/merge/operationSteps.ts';
import type { Operation } from '../../../src/base/repositoryState.ts';

const ALL: readonly Operation[] = [
  'merge',
  'rebase',
  'graft',
  'unshelve',
  'histedit',
  'bisect',
  'transplant',
  'update',
];

/** With its settings before it. */
function words(call: HgCall): string {
  return [...(call.settings ?? []), ...ownWords(call)].join(' ');
}

test('what goes on by --continue has its extension switched on, and leaves markers', () => {
  assert.deepEqual(
    ALL.filter(isResumable).map(operation => words(continueCall(operation))),
    [
      'extensions.rebase= ui.merge=internal:merge rebase --continue',
      'ui.merge=internal:merge graft --continue',
      'extensions.shelve= ui.merge=internal:merge unshelve --continue',
      'extensions.histedit= ui.merge=internal:merge histedit --continue',
      'extensions.transplant= ui.merge=internal:merge transplant --continue',
    ],
  );
});

test('each operation has its own way back', () => {
  assert.deepEqual(
    ALL.map(operation => words(abortCall(operation))),
    [
      'merge --abort',
      'extensions.rebase= rebase --abort',
      'graft --abort',
      'extensions.shelve= unshelve --abort',
      'extensions.histedit= histedit --abort',
      'bisect --reset',
      'extensions.transplant= transplant --stop',
      'update --clean --rev=.',
    ],
  );
  assert.equal(words(verdictCall('skip')), 'bisect --skip');
});

test('an interrupted update goes where it was going, and nowhere else', () => {
  const node = '0123456789abcdef0123456789abcdef01234567';
  const begin = 'update --merge --tool=internal:merge --rev=';
  assert.equal(words(finishUpdateCall(`${node}\n`)), `${begin}${node}`);
  for (const state of ['', '--clean', `${node}0`, 'tip']) assert.equal(words(finishUpdateCall(state)), `${begin}.`);
});

test('what hg left out is told, and why it has stopped', () => {
  const graft = 'grafting 2:7da86bc0252d "side"\nnote: graft of 2:7da86bc0252d created no changes to commit\n';
  assert.deepEqual(leftOut(graft), ['note: graft of 2:7da86bc0252d created no changes to commit']);
  assert.deepEqual(leftOut('d8e1b4ce5f23: skipping changeset (no changes)'), [
    'd8e1b4ce5f23: skipping changeset (no changes)',
  ]);
  assert.deepEqual(leftOut('7da86bc0252d skipped due to empty diff'), ['7da86bc0252d skipped due to empty diff']);
  assert.deepEqual(leftOut('rebasing 2:7da86bc0252d "side"'), []);
  const edit =
    '0 files updated, 0 files merged, 4 files removed, 0 files unresolved\n' +
    'Editing (d8e1b4ce5f23), commit as needed now to split the change\n' +
    '(to edit d8e1b4ce5f23, `hg histedit --continue` after making changes)\n';
  assert.equal(reasonToStop(edit), 'Editing (d8e1b4ce5f23), commit as needed now to split the change');
  assert.equal(
    reasonToStop('abort: fix up the working directory and run hg transplant --continue'),
    'fix up the working directory and run hg transplant --continue',
  );
  assert.equal(reasonToStop('rebasing 2:7da86bc0252d "side"'), undefined);
});

test('what a search has come to is one sentence', () => {
  const next =
    'Testing changeset 3:912eb5df3c69 "c3" (2 changesets remaining, ~1 tests)\n' +
    '1 files updated, 0 files merged, 0 files removed, 0 files unresolved\n';
  assert.equal(isFound(next), false);
  assert.equal(bisectSentence(next), 'Testing changeset 3:912eb5df3c69 "c3" (2 changesets remaining, ~1 tests)');
  const found =
    'The first bad revision is:\nchangeset:   3:912eb5df3c69\nbookmark:    x\ntag:         tip\nuser:        T <t@e>\n' +
    'date:        Sat Nov 21 12:02:53 2026 +0000\nsummary:     c3\n\n';
  assert.equal(isFound(found), true);
  assert.equal(bisectSentence(found), 'The first bad revision is: 3:912eb5df3c69 c3');
  assert.equal(bisectSentence(''), '');
});

test('what could not be applied lies beside the files', () => {
  assert.deepEqual(rejects(['b/c.txt.rej', 'a.orig', 'a.rej', 'rej']), ['a.rej', 'b/c.txt.rej']);
});
