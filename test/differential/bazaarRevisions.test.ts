// Names of revisions, and how wide the lines about merges are, as `brz status` has them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { QuicksilverError } from '../../src/base/errors.ts';
import { BRZ, environment, options, Tree } from '../support/comparedBazaar.ts';

/** Of a branch with three revisions. */
const NAMES = [
  '0', '00', '-0', '1', '01', '3', '4', '-1', '-3', '-4', '-10', 'revno:0', 'revno:3', 'revno:4', 'revno:-3', 'revno:-10',
  'last:', 'last:1', 'last:+1', 'last: 1', 'last:3', 'last:4', 'last:5', 'last:10', 'last:0', 'last:-1', 'last:x',
  'last:1.5', 'before:-10', 'before:-3', 'before:1', 'before:0', 'before:last:3', 'before:last:4', 'before:last:9',
]; // prettier-ignore

/** Asserts that both name the same revision, or that both find none. */
async function compareName(tree: Tree, name: string): Promise<void> {
  const { status } = spawnSync(BRZ!, ['status', '-S', '-r', name], { cwd: tree.root, env: environment });
  if (status === 0) await tree.compare('-S', '-r', name);
  else {
    const isUnknown = (error: unknown): boolean =>
      error instanceof QuicksilverError && error.code === 'unknown-revision';
    await assert.rejects(tree.status(['-S', '-r', name]), isUnknown, name);
  }
}

test('numbers of revisions, also beyond both ends', options, async () => {
  const tree = new Tree('numbers');
  for (const name of ['-1', '-10', 'last:1', 'last:2', 'last:0', '0', '1', 'revno:-1', 'before:-1']) {
    await compareName(tree, name);
  }
  for (const name of ['a', 'b', 'c']) {
    tree.write(name, name);
    tree.commit(name);
  }
  for (const name of NAMES) await compareName(tree, name);
});

test('lines about merges are as wide as the terminal', options, async t => {
  if (spawnSync('script', ['--version'], { stdio: 'ignore' }).status !== 0) {
    t.skip('script is not installed');
    return;
  }
  const tree = new Tree('wide');
  tree.write('a', 'a');
  tree.commit('first');
  const other = new Tree('wide-other');
  other.brz('pull', '-q', tree.root);
  for (const name of ['b', 'c']) {
    other.write(name, name);
    other.commit(`${name}: ${'a message that is long '.repeat(9)}`);
  }
  tree.brz('merge', '-q', other.root);
  const cases: readonly (readonly [columns: number, settings: Readonly<Record<string, string>>])[] = [
    ...[0, 1, 3, 10, 40, 80, 300].map(columns => [columns, {}] as const),
    [40, { COLUMNS: '60' }],
    [40, { COLUMNS: 'x' }],
    [0, { COLUMNS: '60' }],
    ...['60', ' 60 ', '0', '-5', 'x', ''].map(width => [40, { BRZ_COLUMNS: width }] as const),
    [40, { BRZ_COLUMNS: '70', COLUMNS: '60' }],
  ];
  const { BRZ_COLUMNS, ...others } = environment;
  assert.notEqual(BRZ_COLUMNS, undefined);
  for (const [columns, settings] of cases) {
    const variables = { ...others, ...settings };
    const run = `stty cols ${columns} rows 25; exec ${BRZ} status -v`;
    const inTerminal = spawnSync('script', ['-qec', run, '/dev/null'], {
      cwd: tree.root,
      env: { SHELL: '/bin/sh', ...variables },
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'latin1',
    });
    const expected = inTerminal.stdout.replaceAll('\r\n', '\n');
    const what = `${columns} ${JSON.stringify(settings)}`;
    assert.match(expected, /^pending merges/m, what);
    const { text } = await tree.status(['-v'], 'status', { variables, terminal: { columns } });
    assert.equal(text, expected, what);
    const piped = spawnSync(BRZ!, ['status', '-v'], { cwd: tree.root, env: variables, encoding: 'latin1' });
    assert.equal((await tree.status(['-v'], 'status', { variables })).text, piped.stdout, `piped: ${what}`);
  }
});
