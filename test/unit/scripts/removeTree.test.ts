// The folders of tests go, also while a program still writes into them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { removeTree } from '../../../scripts/lib/remove-tree.mjs';

/** Writes files into the folder of its argument until the folder is gone, or for a second. */
const WRITER = `
  const fs = require('node:fs');
  const end = Date.now() + 1000;
  process.stdout.write('ready');
  for (let i = 0; Date.now() < end; i++) {
    try { fs.writeFileSync(process.argv[1] + '/' + i, ''); } catch { break; }
  }
`;

test('a folder goes with all that is in it, and one that is not there is no error', () => {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'quicksilver-remove-'));
  fs.mkdirSync(path.join(folder, 'a/b'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'a/b/c'), '');
  removeTree(folder);
  assert.equal(fs.existsSync(folder), false);
  removeTree(folder);
});

test('a folder goes although a program writes into it at the same time', async () => {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'quicksilver-remove-'));
  const inner = path.join(folder, 'repository');
  fs.mkdirSync(inner);
  const writer = spawn(process.execPath, ['-e', WRITER, inner], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(writer.stdout, 'data');
  removeTree(folder);
  assert.equal(fs.existsSync(folder), false);
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
});
