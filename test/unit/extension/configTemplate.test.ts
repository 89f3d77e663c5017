import assert from 'node:assert/strict';
import { test } from 'node:test';
import { templateCall } from '../../../src/extension/features/commit/configTemplate.ts';

const json = (items: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(items).map(([name, value]) => ({ name: `committemplate.${name}`, value })));

test('without a template there is nothing to render', () => {
  assert.equal(templateCall('', false), undefined);
  assert.equal(templateCall('[]\n', false), undefined);
  assert.equal(templateCall(json({ 'changeset.commit.amend': 'x', other: 'y' }), false), undefined);
});

test('the narrowest template is meant', () => {
  const templateOf = (items: Readonly<Record<string, string>>, isMerge = false): string | undefined =>
    templateCall(json(items), isMerge)
      ?.options?.map(option => option[1])
      .at(-1);
  assert.equal(templateOf({ changeset: 'all' }), 'all');
  assert.equal(templateOf({ changeset: 'all', 'changeset.commit': 'commit' }), 'commit');
  const both = { 'changeset.commit.normal.merge': 'merge', 'changeset.commit': '"commit"' };
  assert.equal(templateOf(both), 'commit');
  assert.equal(templateOf(both, true), 'merge');
});
