// Commands of the history that run hg, with the real hg: a file is reverted to an older version, and the graph shows a set of
// revisions.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { nextTurn } from '../../src/base/async.ts';
import { CommandBench, person, said } from '../support/commandBench.ts';
import type { HgSandbox } from '../support/hgSandbox.ts';
import { pages, shown, window } from '../unit/extension/fakeVscode.ts';
import type { HistoryEntry } from '../../src/extension/features/fileHistory/historySubject.ts';

const TIMEOUT_MS = 120_000;

const { EngineClient } = await import('../../src/extension/engine/engineClient.ts');
const { HistoryNode } = await import('../../src/extension/features/fileHistory/fileHistoryView.ts');

/** A file with three versions; the last one has another name. */
function prepare(sandbox: HgSandbox): void {
  const commit = (file: string, text: string, user: string): void => {
    sandbox.write('repo', file, text);
    sandbox.hg('repo', ['commit', '-q', '--addremove', '-m', `write ${text.trim()}`, '-u', user]);
  };
  commit('file', 'one\n', 'ann');
  commit('file', 'two\n', 'ben');
  commit('file', 'three\n', 'ann');
}

async function start(t: TestContext): Promise<CommandBench> {
  const before = { ...person };
  t.after(() => Object.assign(person, before));
  return CommandBench.start(t, { prepare });
}

test('a file is reverted to an older version after a question', async t => {
  const bench = await start(t);
  const entries = (await bench.run('fileHistory', bench.uri('file'))) as readonly HistoryEntry[];
  assert.deepEqual(
    entries.map(({ changeset }) => changeset.summary),
    ['write three', 'write two', 'write one'],
  );
  const node = new HistoryNode({ repository: bench.repository, path: 'file', kind: 'file' } as never, entries[1]!);
  await bench.run('fileHistory.annotate', node);
  assert.ok(said().includes(`file (${entries[1]!.changeset.node.slice(0, 12)})`), said());
  const text = (): string => readFileSync(bench.uri('file').path, 'utf8');
  person.button = () => undefined;
  await bench.run('fileHistory.revertTo', node);
  assert.match(said(), /Revert/);
  assert.equal(text(), 'three\n', 'nothing happens without consent');
  person.button = ([first]) => first;
  await bench.run('fileHistory.revertTo', node);
  assert.equal(text(), 'two\n', said());
  assert.equal(bench.hg('status'), 'M file\n');
  assert.equal(bench.hg('id', '--num').trim(), '2+');
});

test('the history of a line is found in an unsaved document, whatever its encoding', async t => {
  const bench = await start(t);
  for (const encoding of ['utf8', 'windows1252']) {
    const document = { uri: bench.uri('file'), isDirty: true, encoding, getText: () => 'caf\u00e9\nthree\n' };
    const of = async (line: number): Promise<unknown> => {
      const selection = { start: { line, character: 0 }, end: { line, character: 0 }, isEmpty: true };
      window.activeTextEditor = { document, selection } as never;
      const entries = (await bench.run('lineHistory')) as readonly HistoryEntry[];
      return entries.map(({ changeset }) => changeset.summary);
    };
    t.after(() => (window.activeTextEditor = undefined));
    assert.deepEqual(await of(1), ['write three', 'write two', 'write one'], encoding);
    assert.deepEqual(await of(0), [], encoding);
  }
});

test('the engine reads a graph while VS Code makes its page, and reads it once', { timeout: TIMEOUT_MS }, async t => {
  const bench = await start(t);
  const { mock } = t.mock.method(EngineClient.prototype, 'request');
  const asked = (): readonly string[] => mock.calls.map(({ arguments: [type] }) => type.method);
  await bench.run('graph.openInEditor');
  assert.deepEqual(asked(), ['history/open']);
  pages.at(-1)!.send({ type: 'ready', before: 20, count: 60 });
  while (!said().includes('"type":"opened"')) {
    t.signal.throwIfAborted();
    await nextTurn();
  }
  assert.match(said(), /"summary":"write three"/, 'the rows come with it');
  assert.deepEqual(asked(), ['history/open', 'history/rows']);
});

test('a command for the graph brings it into view', { timeout: TIMEOUT_MS }, async t => {
  const bench = await start(t);
  await bench.run('graph.openInEditor');
  const page = pages.at(-1)!;
  page.visible = false;
  await bench.run('graph.reveal', bench.hg('log', '--rev', '0', '--template', '{node}'));
  assert.equal(page.visible, true);
});

test('a filter with a set of revisions shows what hg selects', { timeout: TIMEOUT_MS }, async t => {
  const bench = await start(t);
  await bench.run('graph.openInEditor');
  const page = pages.at(-1)!;
  /** The number of rows, after the page asks for them. */
  const rows = async (): Promise<number> => {
    shown.length = 0;
    page.send({ type: 'ready' });
    const opened = (): readonly { readonly type: string; readonly rows: number }[] =>
      shown
        .filter(({ place }) => place === 'page')
        .map(({ given }) => given[0] as { readonly type: string; readonly rows: number })
        .filter(({ type }) => type === 'opened');
    while (opened().length === 0) {
      t.signal.throwIfAborted();
      await nextTurn();
    }
    return opened()[0]!.rows;
  };
  assert.equal(await rows(), 3);
  person.row = items => items.find(({ label }) => label === 'Revision Set…');
  person.text = () => 'user(ann)';
  await bench.run('graph.filter');
  assert.match(said(), /"type":"ask"/, 'the page is told that there are other rows');
  assert.equal(await rows(), 2);
  person.text = () => undefined;
  await bench.run('graph.filter');
  assert.equal(await rows(), 2, 'without a set, the filter stays');
  person.row = items => items.find(({ label }) => label === 'All Changesets');
  await bench.run('graph.filter');
  assert.equal(await rows(), 3);
});
