import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isForMercurial } from '../../../src/extension/commands/isForMercurial.ts';

test('an extension with commands that begin with "hg." is for Mercurial', () => {
  const withCommands = (...names: readonly string[]): unknown => ({
    contributes: { commands: names.map(command => ({ command, title: command })) },
  });
  assert.equal(isForMercurial(withCommands('hg.init', 'hg.commit')), true);
  assert.equal(isForMercurial(withCommands('git.init', 'hgx.commit', 'quicksilver.commit')), false);
});

test('a manifest that is odd is for nothing', () => {
  for (const manifest of [undefined, null, 1, {}, { contributes: null }, { contributes: { commands: 'hg.init' } }]) {
    assert.equal(isForMercurial(manifest), false, JSON.stringify(manifest));
  }
  assert.equal(isForMercurial({ contributes: { commands: [null, 'hg.init', { command: 7 }] } }), false);
});
