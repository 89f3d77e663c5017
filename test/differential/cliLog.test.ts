// `quicksilver log` prints what `hg log` prints, byte for byte.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { hgIn, quicksilver, sameAnswer } from '../support/comparedCommands.ts';
import { HgServer } from '../support/hgServer.ts';
import { Random } from '../support/random.ts';
import { DAG_CONFIG, RandomDag } from '../support/randomDag.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

/** Sets of revisions that are evaluated without hg. */
const SETS = [
  'all()',
  '3:1',
  '1:3 or 7 or 0',
  '2::',
  '::5',
  '1::8',
  ':',
  '::',
  ':2',
  '9:',
  'draft() and 5:2',
  'not draft()',
  'not 2::',
  'public() + secret()',
  'all() - merge()',
  'branch(stable)',
  'branch(3)',
  'head()',
  ...[
    'max(3:5)',
    'min(5:3)',
    'none()',
    'present(nowhere)',
    'present(nowhere or 2)',
    'present(4)',
    'rev(3)',
    'rev(999)',
  ],
  ...['branchpoint()', 'commonancestors(9 + 8)', 'date("1970-01-01")', 'date(">1980")', 'follow()', 'id(zz)'],
  ...['bookmark("@one")', 'bookmark(nowhere)', 'tag(tip)', 'tag(nowhere)', 'parents()', 'p1()', 'p2()', 'max(3 - 3)'],
  'first(reverse(head()), 2) or max(all())',
  'head() and branch(default)',
  'heads(all())',
  'heads(branch(default))',
  'roots(3:9)',
  'children(2)',
  'parents(merge())',
  'p1(9) + p2(9)',
  'ancestors(6) and not ancestors(2)',
  'descendants(3)',
  'only(9, 4)',
  'only(9)',
  'reverse(2:6)',
  'first(9:1, 3)',
  'last(9:1, 2)',
  'limit(all(), 2)',
  'last(all())',
  'closed()',
  'tag()',
  'bookmark()',
  'user(ann)',
  'author("ann")',
  'desc(FIX)',
  'keyword(f2)',
  '9^',
  '9^2',
  '9~2',
  '9^0',
  '(4 or 5)^',
  '-1',
  '.:0 & merge()',
  'tip~1::tip',
  '(1 | 2) & (2 | 3)',
  '1 or 2 and 3',
  '8:2 and not (3:5)',
  '"3"',
  'nowhere or 3',
] as const;

test('text, JSON, filters and the history of a file', async t => {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-log-')));
  t.after(() => removeTree(base));
  const server = new HgServer(undefined, DAG_CONFIG);
  t.after(() => server.close());
  const root = path.join(base, 'r');
  await server.run('init', root);
  const own = new HgServer(root, DAG_CONFIG);
  try {
    const dag = new RandomDag(root, own, new Random(11));
    await dag.grow(16);
    await dag.decorate();
    await own.run('update', '-q', '-C', '-r', 'tip');
    await own.run('mv', 'f0', 'moved');
    fs.writeFileSync(path.join(root, 'moved'), 'other\n');
    await own.run('commit', '-q', '-A', '-m', '', '-m', '"quoted"\\\n\ttab\n\nend', '-u', 'größe', '-d', '7 0');
  } finally {
    await own.close();
  }
  const commands: readonly (readonly string[])[] = [
    [],
    ['-l', '3'],
    ['-v'],
    ['-q'],
    ['-C', '-v'],
    ['-C', '-l', '2'],
    ['-T', 'json', '-v'],
    ['-T', 'json', '-v', '-C'],
    ['-T', 'json', '-q'],
    ['-T', 'json'],
    ['-r', '3'],
    ['-r', '5', '-r', '2', '-T', 'json'],
    ['-r', '99'],
    ...SETS.map(set => ['-r', set, '-q']),
    ['-f'],
    ['-f', '-r', '4', '-q'],
    ['-f', 'moved', '-q'],
    ['-f', '-r', '6', 'f1', '-q'],
    ['-k', 'FIX', '-q'],
    ['-k', 'größe', '-k', 'f2', '-q'],
    ['-u', 'ann', '-l', '2'],
    ['-u', 're:^a', '-q'],
    ['-u', 'literal:ann', '-q'],
    ['-b', 'stable', '-q'],
    ['-b', 'nowhere'],
    ['-b', '.', '-q'],
    ['-b', '@one', '-q'],
    ['-b', 'null', '-q'],
    ['--only-branch', 'default', '-b', 'stable', '-q'],
    ['--only-branch', 'nowhere', '-q'],
    ['-M', '-q', '-l', '5'],
    ['-m', '-q'],
    ['-m', '-M', '-q'],
    ['--follow-first', '-q'],
    ['-f', '--follow-first', '-r', '9', '-r', '4', '-q'],
    ['--hidden', '-q'],
    ['-P', '4', '-q'],
    ['-P', '4', '-P', 'null', '-r', '1:', '-q'],
    ['-P', 'merge()', '-q'],
    ['-B', '@one', '-q'],
    ['-B', '@two', '-q'],
    ['-B', 'nothing', '-q'],
    ['f1', '-q'],
    ['f1', 'f2', '-q', '-l', '3'],
    ['f0', 'moved', '--removed', '-q'],
    ['.', '-q'],
    ['nothing', '-q'],
    ['-r', '6:2', 'f3', '-q'],
    ['-k', 'fix', 'f2', '-q'],
    ['-I', 'f1', '-q'],
    ['-X', 'f1', '-X', 'f2', '-q', '-p'],
    ['glob:f[12]', '-q'],
    ['-f', 'moved', 'f1', '-q'],
    ['-f', '--removed', 'moved', '-q'],
    ['-f', 'nothing', '-q'],
    ['-f', 'moved', '-p', '-g'],
    ['moved', 'f2', '--stat'],
    ['-l', '0'],
    ['-l', 'x'],
  ];
  let lines = 0;
  for (const args of commands) {
    const { stdout } = await sameAnswer(['log', ...args], root, await hgIn(server, ['log', ...args], root));
    lines += stdout.split('\n').length;
  }
  assert.ok(lines > 300, String(lines));
  const debug = await quicksilver(['log', '--debug'], root);
  assert.match(debug.stderr, /--debug is not supported by quicksilver log yet/);
  const refused = await quicksilver(['log', '-r', 'contains(f1)'], root);
  assert.match(refused.stderr, /the function 'contains' needs hg/);
});

test('hidden changesets', async t => {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-log-')));
  t.after(() => removeTree(root));
  const server = new HgServer(undefined, DAG_CONFIG);
  t.after(() => server.close());
  await server.run('init', root);
  const own = new HgServer(root, DAG_CONFIG);
  try {
    const dag = new RandomDag(root, own, new Random(12));
    await dag.grow(20);
    await dag.decorate();
    await dag.rewrite(4);
    for (const node of dag.nodes.slice(-7)) await own.run('debugobsolete', node);
    await own.run('update', '-q', '-C', '-r', 'null');
  } finally {
    await own.close();
  }
  const lines = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await sameAnswer(['log', ...args], root, await hgIn(server, ['log', ...args], root));
    return stdout.split('\n');
  };
  const all = await lines('--hidden', '-q');
  const shown = await lines('-q');
  assert.ok(all.length > shown.length + 2, `${all.length} and ${shown.length}`);
  const hidden = all.find(line => !shown.includes(line))!.split(':')[0]!;
  for (const args of [
    ['--hidden', '-T', 'json'],
    ['--hidden', '-G', '-q'],
    ['--hidden', '-r', hidden, '-q'],
    ['--hidden', '-r', `${hidden}::`, '-q', '-p'],
    ['--hidden', '-r', 'head()', '-q'],
    ['--hidden', '-b', 'default', '-q'],
    ['--hidden', 'f1', '-q'],
    ['--hidden', '-f', '-r', hidden, 'f1', '-q'],
    ['--hidden', '-f', '-r', hidden, '-q', '--stat'],
    ['--hidden', '-B', '@one', '-q'],
    ['-r', hidden, '-q'],
  ]) {
    await lines(...args);
  }
  // A parent of the working copy is shown, although it was rewritten. It is no head of its branch.
  const { errors } = await server.run('-R', root, 'update', '--hidden', '-q', '-r', hidden);
  assert.match(errors, /hidden/);
  for (const args of [
    ['-q'],
    ['-r', 'head()', '-q'],
    ['-r', 'default', '-q'],
    ['-r', 'stable', '-q'],
    ['-B', '@one', '-q'],
  ]) {
    await lines(...args);
  }
});
