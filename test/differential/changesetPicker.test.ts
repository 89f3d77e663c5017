// The lists from which a person chooses a changeset, over the real hg: what they find, and what they offer.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { mergeableRevset } from '../../src/extension/pickers/revsets.ts';
import { CommandBench, person, said } from '../support/commandBench.ts';
import { HgSandbox } from '../support/hgSandbox.ts';
import { shown, Typed } from '../unit/extension/fakeVscode.ts';

const CHANGES = [
  { user: 'Ada Łove <ada@example.org>', message: `Fix it's 50% "quoted" \\back`, branch: 'default' },
  { user: 'Bob', message: 'A BIG change', branch: 'default' },
  { user: 'Carol <c@example.org>', message: 'On the other branch', branch: 'stable' },
  { user: 'Bob', message: 'Another big change', branch: 'stable' },
];

async function start(t: TestContext): Promise<CommandBench> {
  return CommandBench.start(t, {
    prepare: sandbox => {
      for (const [index, { user, message, branch }] of CHANGES.entries()) {
        sandbox.write('repo', 'file', `${index}\n`);
        sandbox.hg('repo', ['branch', '--quiet', branch]);
        sandbox.hg('repo', ['commit', '--quiet', '--addremove', '--user', user, '--message', message]);
      }
      sandbox.hg('repo', ['tag', '--local', '--rev', '0', 'v1']);
      sandbox.hg('repo', ['bookmark', '--rev', '1', 'work']);
    },
  });
}

/** Types texts, one after the other, and turns away. Returns the labels that the list had after each. */
async function listed(bench: CommandBench, command: 'update' | 'pushRevision', texts: readonly string[]) {
  const all: string[][] = [];
  const left = [...texts];
  person.row = rows => {
    all.push(rows.map(({ label }) => label.replace(/^\$\([\w-]+\) /, '')));
    const next = left.shift();
    return next === undefined ? undefined : new Typed(next);
  };
  await bench.run(command);
  return all;
}

test('typing finds numbers, hashes, names, summaries and authors', async t => {
  const bench = await start(t);
  const hash = bench.hg('log', '--rev', '2', '--template', '{node|short}');
  const texts = [
    'big',
    'bob ANOTHER',
    "it's",
    '50% "quoted" \\back',
    'łove',
    '2',
    hash.slice(0, 7),
    'v1',
    'example.org c',
  ];
  const [first, ...found] = await listed(bench, 'update', texts);
  assert.deepEqual(first, ['New Branch…', 'stable', 'default', 'work', 'v1']);
  const three = 'On the other branch';
  assert.deepEqual(found, [
    ['stable', 'default', 'work'],
    ['stable'],
    ['v1'],
    ['v1'],
    ['v1'],
    [three],
    [three],
    ['v1'],
    ['v1', three],
  ]);
  assert.match(said(), /now · stable/);
});

test('a revision that is typed is gone to at once', async t => {
  const bench = await start(t);
  let isTyped = false;
  person.row = () => {
    if (isTyped) return undefined;
    isTyped = true;
    return new Typed('1', true);
  };
  await bench.run('update');
  assert.equal(bench.hg('identify', '--num', '--rev', '.').trim(), '1');
});

test('Enter takes nothing that the text only resembles', async t => {
  const bench = await start(t);
  let isTyped = false;
  person.row = () => {
    if (isTyped) return undefined;
    isTyped = true;
    return new Typed('other', true);
  };
  await bench.run('update');
  assert.equal(bench.hg('identify', '--num', '--rev', '.').trim(), '3');
});

test('a merge is offered with what hg merges, and with nothing else', t => {
  const sandbox = new HgSandbox();
  t.after(() => sandbox.dispose());
  sandbox.hg('.', ['init', 'repo']);
  const hg = (...args: readonly string[]): string => sandbox.hg('repo', args).toString('utf8');
  const commit = (parent: number, branch: string, name: string): void => {
    if (parent >= 0) hg('update', '--quiet', '--clean', '--rev', String(parent));
    hg('branch', '--quiet', '--force', branch);
    sandbox.write('repo', name, name);
    hg('commit', '--quiet', '--addremove', '--message', name);
  };
  commit(-1, 'default', 'a');
  commit(0, 'default', 'b');
  commit(1, `it's "x" \\y`, 'c');
  commit(0, 'default', 'd');
  commit(2, 'default', 'e');
  const count = 5;
  const merges = (revision: number): boolean => {
    try {
      hg('merge', '--quiet', '--tool', ':local', '--rev', String(revision));
      return true;
    } catch {
      return false;
    }
  };
  let accepted = 0;
  for (const [parent, branch] of [
    ...Array.from({ length: count }, (_, each) => [each, undefined] as const),
    [0, 'new'] as const,
  ]) {
    const go = (): void => {
      hg('update', '--quiet', '--clean', '--rev', String(parent));
      if (branch !== undefined) hg('branch', '--quiet', branch);
    };
    go();
    const offered = hg('log', '--rev', mergeableRevset(hg('branch').trim()), '--template', '{rev} ');
    const all: number[] = [];
    for (let revision = 0; revision < count; revision++) {
      if (!merges(revision)) continue;
      all.push(revision);
      go();
    }
    assert.equal(offered.trim(), all.join(' '), `at ${parent}`);
    accepted += all.length;
  }
  assert.ok(accepted > 5);
});

test('a name that is typed is refused just where hg refuses it', async t => {
  const bench = await CommandBench.start(t, {
    prepare: sandbox => {
      for (const branch of ['default', 'closed', 'other']) {
        sandbox.hg('repo', ['branch', '--quiet', branch]);
        sandbox.write('repo', 'file', branch);
        sandbox.hg('repo', ['commit', '--quiet', '--addremove', '--message', branch]);
        if (branch === 'closed') sandbox.hg('repo', ['commit', '--quiet', '--close-branch', '--message', 'closed']);
      }
    },
  });
  const names = ['1', '-5', '+7', '1_0', 'a:b', 'tip', '.', 'null', '0x1', '1e5', '@', 'a b', '٣', '--', '#x'];
  for (const name of [...names, 'default', 'closed', 'other', 'new']) {
    person.text = () => name;
    await bench.run('newBranch');
    const [{ given } = { given: [] }] = shown.filter(({ place }) => place === 'input');
    const { validateInput } = given[0] as { validateInput: (text: string) => Promise<unknown> };
    const isRefused = (await validateInput(name)) !== undefined;
    assert.equal(isRefused, /^error: /m.test(said()), `${name}: ${said()}`);
    bench.hg('branch', '--quiet', '--force', 'other');
    await bench.refresh();
  }
});
