// Untracked and missing files beside a commit: what goes in without a question, and the one question about the others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManifest } from '../../../src/extension/contributions/manifest.ts';
import { settings } from '../../../src/extension/contributions/settings.ts';
import { answered, choicesFor, offersOf } from '../../../src/extension/features/commit/commitOffers.ts';
import { entry } from './support.ts';

const entries = [
  entry('modified', 'm'),
  entry('deleted', 'z'),
  entry('deleted', 'a'),
  entry('unknown', 'new'),
  entry('unknown', 'a.orig'),
  entry('ignored', 'i'),
];
const NOTHING = { toRemove: [], toAdd: [], missing: [], untracked: [] };

test('by default untracked files stay outside without a question', () => {
  assert.equal(settings.commitUntrackedFiles.default, 'never');
  assert.ok(JSON.stringify(createManifest().contributes).includes('"default":"never"'));
  const offers = offersOf(entries, { missing: 'ask', untracked: 'never' });
  assert.deepEqual(offers, { ...NOTHING, missing: ['a', 'z'] });
});

test('no setting has backups added', () => {
  assert.deepEqual(offersOf(entries, { missing: 'never', untracked: 'always' }), { ...NOTHING, toAdd: ['new'] });
  assert.deepEqual(offersOf(entries, { missing: 'never', untracked: 'ask' }), { ...NOTHING, untracked: ['new'] });
  assert.deepEqual(offersOf([entry('unknown', 'a.orig')], { missing: 'ask', untracked: 'ask' }), NOTHING);
});

test('one question covers missing and untracked files, and Enter adds no file', () => {
  const offers = offersOf(entries, { missing: 'ask', untracked: 'ask' });
  const choices = choicesFor(offers);
  assert.deepEqual(choices, ['tracked', 'all', 'without']);
  assert.deepEqual(
    choices.map(choice => answered(offers, choice)),
    [
      { toRemove: ['a', 'z'], toAdd: [] },
      { toRemove: ['a', 'z'], toAdd: ['new'] },
      { toRemove: [], toAdd: [] },
    ],
  );
  assert.equal(choicesFor({ missing: [], untracked: ['new'] })[0], 'without');
  assert.deepEqual(choicesFor({ missing: [], untracked: [] }), []);
});

test('what is always taken stays in, whatever the answer about the others', () => {
  const offers = offersOf(entries, { missing: 'always', untracked: 'ask' });
  assert.deepEqual(answered(offers, 'without'), { toRemove: ['a', 'z'], toAdd: [] });
});
