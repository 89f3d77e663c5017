// SECURITY.md names a test for each threat, and these tests exist.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROJECT } from '../../support/writing/files.ts';

test('each row of the threats names tests that exist', () => {
  const [threats = ''] = readFileSync(join(PROJECT, 'SECURITY.md'), 'utf8').split('\nNot defended against');
  const [, ...rows] = threats.split('\n').filter(line => /^\| [a-z]/.test(line) && line.split('|').length === 6);
  for (const row of rows) {
    const named = row.split('|')[4]!.match(/test\/[\w/]+\.test\.ts/g) ?? [];
    assert.ok(named.length > 0, row);
    for (const file of named) assert.ok(existsSync(join(PROJECT, file)), file);
  }
  for (const adversary of ['repository', 'remote', 'other local user', 'file name'])
    assert.ok(
      rows.some(row => row.startsWith(`| ${adversary}`)),
      adversary,
    );
});
