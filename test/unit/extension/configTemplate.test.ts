import assert from 'node:assert/strict';
import { test } from 'node:test';
import { templateCall, type ConfigItem } from '../../../src/extension/features/commit/configTemplate.ts';
import { framedText } from '../../../src/hgCommand/answerFrame.ts';
import { rendered } from '../../support/templateFrames.ts';

const configured = (items: Readonly<Record<string, string>>): ConfigItem[] =>
  Object.entries(items).map(([name, value]) => ({ name: `committemplate.${name}`, value }));

test('without a template there is nothing to render', () => {
  assert.equal(templateCall([], false), undefined);
  assert.equal(templateCall(configured({ 'changeset.commit.amend': 'x', other: 'y' }), false), undefined);
});

test('the narrowest template is meant', () => {
  const templateOf = (items: Readonly<Record<string, string>>, isMerge = false): string =>
    framedText(rendered(templateCall(configured(items), isMerge)?.options?.at(-1)?.[1] ?? ''));
  assert.equal(templateOf({ changeset: 'all' }), 'all');
  assert.equal(templateOf({ changeset: 'all', 'changeset.commit': 'commit' }), 'commit');
  const both = { 'changeset.commit.normal.merge': 'merge', 'changeset.commit': '"commit"' };
  assert.equal(templateOf(both), 'commit');
  assert.equal(templateOf(both, true), 'merge');
});
