// The row that explains why commands cannot run: without hg, and in Restricted Mode.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './fakeVscode.ts';

const { createHgNotice } = await import('../../../src/extension/hg/hgNotice.ts');

test('a row says why commands cannot run, and a click leads to where that can be changed', () => {
  const rows = (['missing', 'untrusted'] as const).map(obstacle => {
    const { resourceUri, command, decorations } = createHgNotice(obstacle);
    return { label: resourceUri.path, command: command?.command, hover: decorations?.tooltip };
  });
  assert.match(rows[0]!.label, /Mercurial \(hg\) was not found/);
  assert.equal(rows[0]!.command, 'quicksilver.setHgPath');
  assert.match(rows[0]!.hover ?? '', /Click to set the path/);
  assert.match(rows[1]!.label, /Restricted Mode/);
  assert.equal(rows[1]!.command, 'quicksilver.trustWorkspace');
  assert.match(rows[1]!.hover ?? '', /Click to manage trust/);
});
