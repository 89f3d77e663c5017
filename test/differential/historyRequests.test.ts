// The server's answers about the history, in a repository of the real hg: graphs, details, searches, names, the history
// of a file, and annotations of unsaved texts. No hg runs for them.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import {
  AnnotateFile,
  FindGraphRow,
  FindLineBefore,
  ListNamed,
  OpenGraph,
  ReadChangeset,
  ReadFileHistory,
  ReadGraphRows,
  SearchHistory,
  type FileAnnotation,
  type GraphFilter,
} from '../../src/server/historyProtocol.ts';
import { ServedRepository } from '../support/servedRepository.ts';

async function serve(t: TestContext): Promise<ServedRepository> {
  const served = new ServedRepository(() => undefined);
  t.after(() => served.dispose());
  const commit = (message: string, ...options: readonly string[]): string =>
    served.hg('commit', '-q', '-A', '-m', message, '-d', '0 0', ...options);
  served.write('a', 'one\ntwo\nthree\n');
  served.write('d/other', 'x\n');
  commit('first', '-u', 'Ann <ann@example.org>');
  served.write('a', 'one\nTWO\nthree\n');
  commit('second: change a line\n\nmore text', '-u', 'Bob');
  served.hg('mv', 'a', 'b');
  commit('rename it', '-u', 'Ann <ann@example.org>');
  served.hg('tag', '-r', '1', 'v1', '-d', '0 0', '-m', 'tag it', '-u', 'Bob');
  served.hg('up', '-q', '-r', '1');
  served.hg('branch', '-q', 'stable');
  served.write('d/new', 'y\n');
  commit('on stable', '-u', 'Bob');
  served.hg('up', '-q', '-r', '3');
  served.hg('bookmark', '-r', '4', 'mark');
  await served.open();
  return served;
}

const NODE = /^[0-9a-f]{40}$/;

test('graphs, details, searches and names', async t => {
  const served = await serve(t);
  const opened = await served.history(OpenGraph, { filter: { kind: 'all' }, showsHidden: false });
  assert.deepEqual({ rows: opened.rows, working: opened.workingParents }, { rows: 5, working: [1] });
  const { view } = opened;
  const same = await served.history(OpenGraph, { filter: { kind: 'all' }, showsHidden: false });
  assert.equal(same.view, view, 'nothing is laid out twice');
  const page = await served.history(ReadGraphRows, { view, first: 1, count: 10 });
  assert.deepEqual(
    page?.rows.map(({ revision, summary, tags }) => [revision, summary, tags]),
    [
      [3, 'tag it', []],
      [2, 'rename it', []],
      [1, 'second: change a line', ['v1']],
      [0, 'first', []],
    ],
  );
  assert.ok(page.rows.every(({ node, phase }) => NODE.test(node) && phase === 'draft'));
  const [tagged, , second] = page.rows;
  assert.ok(tagged?.isWorkingParent === true && second !== undefined);
  assert.deepEqual(await served.history(FindGraphRow, { view, node: second.node }), { row: 3, isExact: true });
  assert.equal(await served.history(FindGraphRow, { view, node: '1'.repeat(40) }), null);

  const auto = await served.history(OpenGraph, { filter: { kind: 'branch', name: 'default' }, showsHidden: false });
  assert.equal(auto.rows, 4);
  assert.deepEqual(await served.history(FindGraphRow, { view: auto.view, node: second.node }), {
    row: 2,
    isExact: true,
  });
  const file = await served.history(OpenGraph, { filter: { kind: 'file', path: 'b' }, showsHidden: false });
  assert.equal(file.rows, 3);

  const details = await served.history(ReadChangeset, { node: second.node, limit: 100 });
  assert.equal(details?.description, 'second: change a line\n\nmore text');
  assert.deepEqual(details.files, [{ path: 'a', status: 'modified' }]);
  assert.deepEqual(
    [details.parents.map(({ revision }) => revision), details.children.map(({ revision }) => revision)],
    [[0], [2, 4]],
  );
  const first = await served.history(ReadChangeset, { node: page.rows[3]!.node, limit: 1 });
  assert.deepEqual([first?.files, first?.total], [[{ path: 'a', status: 'added' }], 2]);

  const search = async (words: readonly string[], path?: string): Promise<number[]> => {
    const query = { words, limit: 10, ...(path !== undefined && { path }) };
    const { found, next } = await served.history(SearchHistory, query);
    assert.equal(next, -1);
    return found.map(({ revision }) => revision);
  };
  assert.deepEqual(await search(['MORE']), [1]);
  assert.deepEqual(await search(['bob', 'stable']), [4]);
  assert.deepEqual(await search([second.node.slice(0, 8)]), [1]);
  assert.deepEqual(await search(['v1']), [1]);
  assert.deepEqual(await search([], 'd'), [4, 0]);
  const limited = await served.history(SearchHistory, { words: ['ann'], limit: 1 });
  assert.deepEqual([limited.found.length, limited.next], [1, 1]);

  const named = await served.history(ListNamed, {});
  assert.deepEqual(
    named.changesets.map(({ revision }) => revision),
    [4, 3, 1],
  );
  assert.deepEqual(new Map(named.tips).get('stable'), named.changesets[0]!.node);

  const before = served.historyChanges;
  served.write('late', 'z\n');
  served.hg('commit', '-q', '-A', '-m', 'late', '-u', 'Bob');
  await served.hint('.hg');
  assert.ok(served.historyChanges > before);
  const again = await served.history(OpenGraph, { filter: { kind: 'all' }, showsHidden: false });
  assert.equal(again.rows, 6);
  assert.deepEqual(served.calls, []);
});

test('a branch, a bookmark, a tag and a topic of one name are told from each other', async t => {
  const served = new ServedRepository(() => undefined);
  t.after(() => served.dispose());
  const evolved = ['evolve', 'topic'].flatMap(name => ['--config', `extensions.${name}=`]);
  const commit = (message: string, ...options: readonly string[]): void => {
    served.write('a', message);
    served.hg('commit', '-q', '-A', '-m', message, '-u', 'me', '-d', '0 0', ...options);
  };
  for (const message of ['zero', 'one', 'two']) commit(message);
  served.hg('branch', '-q', 'same');
  commit('three');
  served.hg('bookmark', '-r', '0', 'same', '--config', 'ui.quiet=True', '--force');
  served.hg('tag', '--local', '-r', '1', 'same');
  served.hg('update', '-q', '-r', '1');
  served.hg('topics', ...evolved, 'same');
  commit('four', ...evolved);
  commit('five', ...evolved);
  served.hg('prune', ...evolved, '-q', '-r', '5');
  await served.open();
  const rowsOf = async (filter: GraphFilter, showsHidden = false): Promise<number[]> => {
    const { view, rows } = await served.history(OpenGraph, { filter, showsHidden });
    const page = await served.history(ReadGraphRows, { view, first: 0, count: rows });
    return page?.rows.map(({ revision }) => revision) ?? [];
  };
  assert.deepEqual(await rowsOf({ kind: 'branch', name: 'same' }), [3, 2, 1, 0]);
  assert.deepEqual(await rowsOf({ kind: 'bookmark', name: 'same' }), [0]);
  assert.deepEqual(await rowsOf({ kind: 'tag', name: 'same' }), [1, 0]);
  assert.deepEqual(await rowsOf({ kind: 'topic', name: 'same' }), [4, 1, 0]);
  assert.deepEqual(await rowsOf({ kind: 'topic', name: 'same' }, true), [5, 4, 1, 0]);
  assert.deepEqual(await rowsOf({ kind: 'topic', name: 'other' }), []);
  assert.deepEqual((await served.history(ListNamed, {})).topics, ['same']);
  const search = async (words: readonly string[], showsHidden: boolean): Promise<number[]> => {
    const { found } = await served.history(SearchHistory, { words, showsHidden, limit: 10 });
    return found.map(({ revision }) => revision);
  };
  assert.deepEqual(await search(['five'], false), []);
  assert.deepEqual(await search(['five'], true), [5]);
  assert.deepEqual(await search(['same', 'four'], false), [4], 'a topic is searched, too');
  assert.deepEqual(served.calls, []);
});

test('the history of a file, and annotations of an unsaved text', async t => {
  const served = await serve(t);
  const { items, hasMore } = await served.history(ReadFileHistory, { path: 'b', limit: 10 });
  assert.deepEqual(
    items.map(({ changeset, path, previous }) => [changeset.revision, path, previous?.path]),
    [
      [2, 'b', 'a'],
      [1, 'a', 'a'],
      [0, 'a', undefined],
    ],
  );
  assert.deepEqual([hasMore, items[1]?.previous?.node], [false, items[2]?.changeset.node]);
  assert.equal((await served.history(ReadFileHistory, { path: 'b', limit: 2 })).hasMore, true);
  assert.deepEqual(
    items.map(({ kind }) => kind),
    ['changed', 'changed', 'added'],
  );
  const gone = await served.history(ReadFileHistory, { path: 'a', limit: 10 });
  assert.deepEqual(
    gone.items.map(({ changeset, kind, path }) => [changeset.revision, kind, path]),
    [
      [2, 'removed', 'a'],
      [1, 'changed', 'a'],
      [0, 'added', 'a'],
    ],
  );
  assert.equal(gone.items[0]?.previous?.node, items[1]?.changeset.node);

  // Where a line was in the version before: the same line, and for a changed one those that it replaced.
  const [renamed, changed, first] = items.map(({ changeset }) => changeset.node);
  const lineBefore = async (node: string, path: string, line: number, before: string): Promise<number> =>
    served.history(FindLineBefore, { node, path, line, before: { node: before, path: 'a' } });
  assert.equal(await lineBefore(renamed!, 'b', 2, changed!), 2);
  assert.equal(await lineBefore(changed!, 'a', 1, first!), 1);

  // The second line of the unsaved text is the first committed one.
  const ofLines = async (first: number, end: number, edited?: string): Promise<unknown> => {
    const query = { path: 'b', lines: { first, end }, limit: 10, ...(edited !== undefined && { text: edited }) };
    const found = await served.history(ReadFileHistory, query);
    return found.items.map(({ changeset, path, lines }) => [changeset.revision, path, lines?.first, lines?.end]);
  };
  assert.deepEqual(await ofLines(0, 1), [[0, 'a', 0, 1]]);
  assert.deepEqual(await ofLines(1, 2, 'new\none\nTWO\nthree\n'), [[0, 'a', 0, 1]]);
  const theSecond = [
    [1, 'a', 1, 2],
    [0, 'a', 1, 2],
  ];
  assert.deepEqual(await ofLines(1, 2), theSecond);
  assert.deepEqual(await ofLines(2, 3, 'new\none\nTWO\nthree\n'), theSecond);
  assert.deepEqual(await ofLines(0, 1, 'new\none\nTWO\nthree\n'), []);

  const linesOf = (annotation: FileAnnotation): string[] => {
    assert.ok(annotation.kind === 'lines');
    return annotation.sources.map((source, at) => {
      const from = annotation.changesets[source];
      return `${from === undefined ? 'none' : `${from.changeset.revision} ${from.path}`}:${annotation.lineNumbers[at]!}`;
    });
  };
  const saved = await served.history(AnnotateFile, { path: 'b', skip: [] });
  assert.deepEqual(linesOf(saved), ['0 a:1', '1 a:2', '0 a:3']);
  const text = 'new\none\nTWO\nthree\nlast';
  const unsaved = linesOf(await served.history(AnnotateFile, { path: 'b', text, skip: [] }));
  assert.deepEqual(unsaved, ['none:1', '0 a:1', '1 a:2', '0 a:3', 'none:5']);
  served.write('b', text);
  const hg = served.hg('annotate', '-r', 'wdir()', '-nlf', '-T', '{lines % "{rev} {path}:{lineno}\\n"}', 'b');
  assert.deepEqual(unsaved.join('\n').replaceAll('none', '2147483647 b'), hg.trimEnd());
  assert.ok(saved.kind === 'lines');
  const second = saved.changesets.find(({ changeset }) => changeset.revision === 1);
  assert.deepEqual(
    second?.parents.map(({ path }) => path),
    ['a'],
  );
  const skipping = await served.history(AnnotateFile, { path: 'b', text, skip: [second.changeset.node.slice(0, 12)] });
  assert.deepEqual(linesOf(skipping)[2], '0 a:2');
  const binary = await served.history(AnnotateFile, { path: 'b', text: 'a\0b', skip: [] });
  assert.equal(binary.kind === 'none' && binary.reason, 'binary');
  assert.deepEqual(served.calls, []);
});

test('a large file has no lines to annotate', async t => {
  const served = new ServedRepository(() => undefined);
  t.after(() => served.dispose());
  const settings = `[extensions]\nlargefiles =\n[largefiles]\nusercache = ${served.sandbox.path('cache')}\n`;
  fs.appendFileSync(`${served.root}/.hg/hgrc`, settings);
  served.write('big', 'one\n');
  served.write('small', 'one\n');
  served.hg('add', '--large', 'big');
  served.hg('commit', '-q', '-A', '-m', 'first');
  await served.open();
  const node = served.hg('log', '-r', '.', '-T', '{node}');
  const annotate = async (path: string, more = {}): Promise<unknown> => {
    const answer = await served.history(AnnotateFile, { path, skip: [], ...more });
    return answer.kind === 'none' ? [answer.reason, answer.message] : answer.sources;
  };
  const none = ['large', "'big' is a large file. The history has its hashes, and no lines."];
  for (const more of [{}, { force: true }, { node }]) assert.deepEqual(await annotate('big', more), none);
  assert.deepEqual(await annotate('small'), [0]);
  assert.deepEqual(await annotate('nothing'), ['not-in-history', "'nothing' is not in the parent changeset."]);
});

test('a large file of any changeset has its content, under its own name', async t => {
  const served = new ServedRepository(() => undefined);
  t.after(() => served.dispose());
  const settings = `[extensions]\nlargefiles =\n[largefiles]\nusercache = ${served.sandbox.path('cache')}\n`;
  fs.appendFileSync(`${served.root}/.hg/hgrc`, settings);
  const texts = ['one\n', 'two!\n', 'three!!\n'];
  for (const text of texts) {
    served.write('big', text);
    if (text === texts[0]) served.hg('add', '--large', 'big');
    served.hg('commit', '-q', '-m', text.trim(), '-u', 'me');
  }
  await served.open();
  for (const [revision, text] of texts.entries()) {
    const answer = await served.content('big', served.hg('log', '-r', String(revision), '-T', '{node}'));
    assert.ok(answer.kind === 'content', JSON.stringify(answer));
    assert.equal(Buffer.from(answer.bytes!).toString(), text);
  }
  assert.deepEqual(served.calls, []);
});
