// What `npm test` says at its end of the tests that failed, from what the test programs have printed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { removeTree } from '../../../scripts/lib/remove-tree.mjs';

interface Failures {
  readonly nodeFailures: (output: string) => string[];
  readonly vscodeFailures: (output: string) => string[];
  readonly lastLines: (output: string) => string;
}

const file = path.resolve(import.meta.dirname, '../../../scripts/lib/failures.mjs');
const { nodeFailures, vscodeFailures, lastLines } = (await import(pathToFileURL(file).href)) as Failures;

test('of node:test: each test that failed, with its place and the first lines of what is wrong', t => {
  const folder = mkdtempSync(path.join(tmpdir(), 'quicksilver-failures-'));
  t.after(() => removeTree(folder));
  writeFileSync(
    path.join(folder, 'some.test.mjs'),
    `import { describe, test } from 'node:test';
describe('outer', () => {
  test('good', () => {});
  test('bad', () => { throw new Error('first line\\nsecond line'); });
});
test('long', () => { throw new Error(Array.from({ length: 40 }, (_, i) => i).join('\\n')); });
test('never', { timeout: 1 }, () => new Promise(resolve => setTimeout(resolve, 50)));
`,
  );
  // Otherwise it would report to the runner of this test.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const run = (): string =>
    spawnSync(process.execPath, ['--test', '--test-reporter=spec', 'some.test.mjs'], {
      cwd: folder,
      env,
      encoding: 'utf8',
    }).stdout;
  const found = nodeFailures(run()).map(failure => failure.replaceAll(/\([\d.]+ms\)/g, '(TIME)').split('\n'));
  assert.equal(found.length, 3);
  const [bad = [], long = [], never = []] = found;
  assert.deepEqual(bad.slice(0, 3), ['bad (TIME), some.test.mjs:4:3', '    Error: first line', '      second line']);
  assert.equal(long[0], 'long (TIME), some.test.mjs:6:1');
  assert.equal(long.length, 17);
  assert.equal(long.at(-1), '    ...');
  assert.deepEqual(never, ['never (TIME), some.test.mjs:7:1', "    'test timed out after 1ms'"]);
  writeFileSync(path.join(folder, 'some.test.mjs'), `import { test } from 'node:test'; test('good', () => {});`);
  assert.deepEqual(nodeFailures(run()), []);
});

test('of VS Code: with release, scenario and user', () => {
  const output = `
VS Code 1.100.3, scenario day, user root


  a day
    ✔ begins (40ms)
    1) ends


  1 passing (2s)
  1 failing

  1) a day
       ends:
     Error: gave up waiting until it is evening
      at Timeout._onTimeout (test/vscode/harness.ts:122:44)




VS Code 1.100.3, scenario smoke, user root


  smoke
    ✔ there is none


  1 passing (20ms)


VS Code 1.139.1, scenario files, user nobody
scenario files: no verdict from the tests (exit code 97)

extension tests: 2 passed, 2 failed, 0 skipped
`;
  assert.deepEqual(vscodeFailures(output), [
    `VS Code 1.100.3, scenario day, user root: a day
    ends:
         Error: gave up waiting until it is evening
          at Timeout._onTimeout (test/vscode/harness.ts:122:44)`,
    `VS Code 1.139.1, scenario files, user nobody
    scenario files: no verdict from the tests (exit code 97)`,
  ]);
});

test('of others: the last lines', () => {
  const lines = Array.from({ length: 20 }, (_, i) => `line ${i}`);
  assert.equal(lastLines(`${lines.join('\n')}\n`), lines.slice(5).join('\n'));
});
