// Wrong arguments of a script: one sentence and the usage, and nothing is done.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import { usageOf } from '../../../scripts/lib/options.mjs';

const PROJECT = path.resolve(import.meta.dirname, '../../..');
const SCRIPTS: readonly (readonly [string, string])[] = [
  ['npm run bench --', 'scripts/bench/main.mjs'],
  ['npm test --', 'scripts/test.mjs'],
  ['npm run test:vscode --', 'scripts/test-vscode.mjs'],
  ['npm start -- [FOLDER]', 'scripts/start.mjs'],
  ['npm run package --', 'scripts/package.mjs'],
  ['npm run package:cli --', 'scripts/package-cli.mjs'],
  ['node scripts/check-release.mjs [VERSION]', 'scripts/check-release.mjs'],
  ['npm run fuzz --', 'test/fuzz/hg/main.ts'],
  ['npm run fuzz:ignore --', 'test/fuzz/hg/ignoreMain.ts'],
  ['npm run fuzz:decoders --', 'test/fuzz/decoderMain.ts'],
  ['npm run soak --', 'test/soak/main.ts'],
];

describe('wrong arguments', () => {
  for (const [command, script] of SCRIPTS) {
    test(`of ${script} get a sentence and the usage`, () => {
      const args = ['--import', 'tsx', path.join(PROJECT, script), '--no-such-option'];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: PROJECT, encoding: 'utf8' });
      const [sentence, usage, ...rest] = stderr.split('\n');
      assert.equal(sentence, "Unknown option '--no-such-option'.");
      assert.ok(usage?.startsWith(`Usage: ${command} [--`), usage);
      assert.deepEqual([status, stdout, rest], [2, '', ['']]);
    });
  }

  test('have a usage with every option', () => {
    const options = { seed: { type: 'string' }, only: { type: 'string', multiple: true }, web: { type: 'boolean' } };
    const known = options as Parameters<typeof usageOf>[1];
    assert.equal(usageOf('run', known, '[FILE]'), 'run [FILE] [--seed SEED] [--only ONLY]... [--web]');
    assert.equal(usageOf('run', {}), 'run');
  });
});
