// Unsupported Bazaar working trees, answered by the real brz through the server. It starts only where that is allowed.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseBrzStatus } from '../../src/hgCommand/statusPrograms.ts';
import { BazaarSandbox, BRZ, NEEDS_BRZ, type BazaarTree } from '../support/bazaarSandbox.ts';
import { FallbackHarness } from '../support/fallbackHarness.ts';

/** A tree with a view, which is unsupported, and a change of each kind in it. */
function treeWithView(t: TestContext): { readonly served: FallbackHarness; readonly tree: BazaarTree } {
  const sandbox = new BazaarSandbox();
  const tree = sandbox.init('tree');
  for (const name of ['changed', 'gone', 'missing', 'old', 'same']) tree.write(`in/${name}`, `${name}\n`);
  tree.write('outside', 'o\n');
  tree.brz('add', '-q');
  tree.brz('commit', '-q', '-m', 'first');
  tree.write('in/changed', 'other\n');
  tree.brz('rm', '-q', 'in/gone');
  fs.rmSync(path.join(tree.root, 'in/missing'));
  tree.brz('mv', '-q', 'in/old', 'in/new');
  tree.write('in/added', 'a\n');
  tree.brz('add', '-q', 'in/added');
  tree.write('in/unknown', 'u\n');
  assert.equal(tree.brz('view', '-q', 'in'), 0);
  const { base, environment: variables } = sandbox;
  const served = new FallbackHarness({ base, root: tree.root, system: 'bzr', program: BRZ!, variables });
  t.after(() => {
    served.dispose();
    sandbox.dispose();
  });
  return { served, tree };
}

const STATUS = '--no-aliases -Obzr.workingtree.worth_saving_limit=-1 status --short --no-classify --no-pending';
const EXPECTED = ['! in/missing', '? in/unknown', 'A in/added', 'A in/new < in/old', 'M in/changed', 'R in/gone'];

test('brz answers for an unsupported tree where that is allowed', NEEDS_BRZ, async t => {
  const { served, tree } = treeWithView(t);
  await served.open();
  assert.equal(served.state.kind, 'refused');
  assert.deepEqual([served.entries, served.calls], [[], []]);

  const dirstate = path.join(tree.root, '.bzr/checkout/dirstate');
  const before = fs.readFileSync(dirstate);
  await served.setHgPolicy(true);
  await served.until(() => served.program === 'brz' && served.entries.length > 0);
  assert.deepEqual(served.entries, EXPECTED);
  assert.deepEqual(served.calls, [STATUS]);
  assert.deepEqual(fs.readFileSync(dirstate), before);

  tree.write('in/same', 'changed\n');
  await served.hint('in/same');
  assert.deepEqual(served.entries, [...EXPECTED, 'M in/same'].sort());

  await served.setHgPolicy(false);
  await served.until(() => served.state.kind === 'refused');
  assert.deepEqual(served.entries, []);
  assert.equal(served.calls.length, 2);
});

test('brz is asked no more when the tree is supported again', NEEDS_BRZ, async t => {
  const { served, tree } = treeWithView(t);
  await served.setHgPolicy(true);
  await served.open();
  await served.until(() => served.entries.length === EXPECTED.length);
  tree.brz('view', '-q', '--delete');
  await served.hint('.bzr/checkout/views');
  await served.until(() => served.state.kind === 'ready');
  const count = served.calls.length;
  tree.write('in/same', 'changed\n');
  await served.hint('in/same');
  assert.ok(served.entries.includes('M in/same'));
  assert.equal(served.calls.length, count);
});

test('lines of brz status are read, or refused if they have two meanings', () => {
  const lines = [
    ' M  a => b',
    ' M* both',
    '  * bit',
    '+N  new\xc3\xa9',
    '+!  lost',
    '-D  gone',
    'R   old => now',
    'RM* x => y',
    'RD  p => q',
    ' K  k => k',
    ' D  away',
    '?   what => is',
    'C   Text conflict in a',
    '2 shelves exist. See "brz shelve --list" for details.',
  ];
  const read = parseBrzStatus(lines.map(line => `${line}\n`).join(''));
  assert.deepEqual(
    read?.map(({ path: at, status, source }) => [status, at, ...(source === undefined ? [] : [source])]),
    [
      ['M', 'a => b'],
      ['M', 'both'],
      ['M', 'bit'],
      ['A', 'new\xc3\xa9'],
      ['!', 'lost'],
      ['R', 'gone'],
      ['A', 'now', 'old'],
      ['A', 'y', 'x'],
      ['!', 'q'],
      ['M', 'k'],
      ['!', 'away'],
      ['?', 'what => is'],
    ],
  );
  for (const line of ['second line of a name', 'R   a => b => c', 'R   a', 'X   nothing']) {
    assert.equal(parseBrzStatus(`${line}\n`), undefined, line);
  }
});
