// Grafting, and the commands of the graph's menu that change a repository, with the real hg.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { CommandBench, person, said } from '../support/commandBench.ts';
import type { HgSandbox } from '../support/hgSandbox.ts';

const TIMEOUT_MS = 120_000;

/** 0 adds a; 1 adds b and 2 changes a, one after the other; 3 changes a on another head, where the working copy is. */
function prepare(sandbox: HgSandbox): void {
  const commit = (file: string, text: string): void => {
    sandbox.write('repo', file, text);
    sandbox.hg('repo', ['commit', '-q', '--addremove', '-m', `write ${file}: ${text}`, '-u', 'ann']);
  };
  commit('a', 'one');
  commit('b', 'two');
  commit('a', 'three!');
  sandbox.hg('repo', ['update', '-q', '0']);
  commit('a', 'fourth');
  sandbox.hg('.', ['clone', '-q', '-r', '0', 'repo', 'other']);
  sandbox.write('repo', '.hg/hgrc', `[paths]\ndefault = ${sandbox.path('other')}\n`);
}

async function start(t: TestContext): Promise<CommandBench> {
  const before = { ...person };
  t.after(() => Object.assign(person, before));
  return CommandBench.start(t, { prepare });
}

const nodeOf = (bench: CommandBench, revision: string): string =>
  bench.hg('log', '--rev', revision, '--template', '{node}');
const text = (bench: CommandBench, name: string): string => readFileSync(bench.uri(name).path, 'utf8');
const tip = (bench: CommandBench): string => bench.hg('log', '--rev', 'tip', '--template', '{rev} {desc} {p1rev}');

test('a changeset is chosen from the list, and copied with its author', { timeout: TIMEOUT_MS }, async t => {
  const bench = await start(t);
  person.row = rows => rows.find(({ label }) => label === '$(git-commit) write a: three!');
  const conflicts = await bench.run('graft');
  assert.equal(conflicts, true, said());
  assert.match(said(), /1 file has conflicts/);
  assert.equal(bench.repository.model.head?.operation, 'graft');
  bench.hg('graft', '--abort');
  await bench.refresh();
  assert.equal(await bench.run('graft', { revision: '1' }), true, said());
  assert.equal(tip(bench), '4 write b: two 3');
  assert.equal(bench.hg('log', '--rev', 'tip', '--template', '{author}'), 'ann');
  assert.equal(text(bench, 'b'), 'two');
});

test(
  'changes that are not committed are shelved before a graft, if the user agrees',
  { timeout: TIMEOUT_MS },
  async t => {
    const bench = await start(t);
    writeFileSync(bench.uri('a').path, 'a change');
    await bench.refresh();
    person.button = () => undefined;
    assert.equal(await bench.run('graft', { revision: '1' }), false);
    assert.match(said(), /Shelve them before the graft\?/);
    assert.equal(text(bench, 'a'), 'a change');
    person.button = ([first]) => first;
    assert.equal(await bench.run('graft', { revision: '1' }), true, said());
    assert.equal(tip(bench), '4 write b: two 3');
    assert.equal(text(bench, 'a'), 'fourth');
  },
);

test('what hg does not graft is told, with its reason', { timeout: TIMEOUT_MS }, async t => {
  const bench = await start(t);
  await bench.run('graft', { revision: '0' });
  assert.match(said(), /ancestor/);
  assert.equal(tip(bench), '3 write a: fourth 0');
});

test("the graph's menu acts on its changeset", { timeout: TIMEOUT_MS }, async t => {
  const bench = await start(t);
  await bench.run('graph.openInEditor');
  const second = { webview: 'quicksilver.graph', webviewSection: 'changeset', node: nodeOf(bench, '1') };
  person.text = () => 'here';
  await bench.run('graph.createBookmark', second);
  assert.equal(bench.hg('log', '--rev', 'here', '--template', '{rev} {activebookmark}'), '1 ', said());
  person.row = rows => rows.find(({ label }) => label === 'Only Me');
  person.text = () => 'v1';
  await bench.run('graph.createTag', second);
  assert.equal(bench.hg('log', '--rev', 'v1', '--template', '{rev}'), '1', said());
  await bench.run('graph.graft', second);
  assert.equal(tip(bench), '4 write b: two 3', said());
  await bench.run('graph.update', second);
  assert.equal(bench.hg('id', '--num').trim(), '1', said());
  person.button = ([first]) => first;
  await bench.run('graph.push', second);
  assert.equal(bench.sandbox.hg('other', ['log', '-T', '{rev} ']).toString(), '1 0 ', said());
  await bench.run('graph.mergeWith', { ...second, node: nodeOf(bench, '3') });
  assert.equal(bench.hg('log', '--rev', 'p2()', '--template', '{rev}'), '3', said());
});
