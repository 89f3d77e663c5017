// How often a long list is handed to VS Code, and how much of it at a time: it works in one go on what it is given.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { RepositoryModel } from '../../../src/extension/model/repositoryModel.ts';
import type { SourceControlView } from '../../../src/extension/scm/sourceControlView.ts';
import { Uri, type Group } from './fakeVscode.ts';
import { entry, NO_COUNTS, update } from './support.ts';

const module = await import('../../../src/extension/scm/sourceControlView.ts');

/** Milliseconds between two steps. */
const STEP = 110;
/** Milliseconds per row after which a list is set again. */
const PER_ROW = 0.05;

class Bench {
  readonly model = new RepositoryModel();
  readonly view: SourceControlView;
  readonly #timers: TestContext['mock']['timers'];

  constructor(t: TestContext) {
    this.#timers = t.mock.timers;
    this.#timers.enable({ apis: ['setTimeout'] });
    this.view = new module.SourceControlView({
      system: 'hg',
      rootUri: Uri.file('/repo'),
      name: 'repo',
      label: 'Mercurial',
      model: this.model,
      isIncluded: () => false,
      showsIcons: false,
      warn: () => undefined,
    });
    t.after(() => this.view.dispose());
  }

  has(status: 'modified' | 'unknown', count: number, from = 0): void {
    const paths = Array.from({ length: count }, (_, i) => `${status}-${String(from + i).padStart(5, '0')}`);
    this.model.apply(update({ changed: paths.map(path => entry(status, path)) }));
    for (const path of paths) this.view.rows.update(path);
  }

  group(id: string): Group {
    const found = this.view.groups.find(group => group.id === id);
    assert.ok(found);
    return found as unknown as Group;
  }

  pass(milliseconds: number): void {
    this.#timers.tick(milliseconds);
  }
}

test('a long list grows by a thousand rows at a time, and its label says how far it is', async t => {
  const bench = new Bench(t);
  const changes = bench.group('changes');
  bench.has('modified', 2_500);
  const all = bench.view.pushAll();
  assert.deepEqual(changes.lengths, [1_000]);
  assert.equal(changes.label, 'Changes (1000 of 2500)');
  bench.pass(STEP - 1);
  assert.deepEqual(changes.lengths, [1_000]);
  bench.pass(1);
  assert.deepEqual(changes.lengths, [1_000, 2_000]);
  assert.equal(changes.label, 'Changes (2000 of 2500)');
  bench.pass(STEP);
  assert.deepEqual(changes.lengths, [1_000, 2_000, 2_500]);
  assert.equal(changes.label, 'Changes');
  await all;
  bench.pass(10_000);
  assert.equal(changes.lengths.length, 3);
});

test('several lists share the rows of a step', t => {
  const bench = new Bench(t);
  bench.has('modified', 600);
  bench.has('unknown', 900);
  bench.view.rows.push();
  bench.pass(STEP);
  assert.deepEqual(bench.group('changes').lengths, [600]);
  assert.deepEqual(bench.group('untracked').lengths, [400, 900]);
});

test('what comes while a list grows waits for the next step, and makes no step of its own', t => {
  const bench = new Bench(t);
  const changes = bench.group('changes');
  bench.has('modified', 1_500);
  bench.view.rows.push();
  bench.has('modified', 100, 1_500);
  for (let i = 0; i < 10; i++) {
    bench.view.rows.push();
    bench.view.pushNow();
  }
  assert.deepEqual(changes.lengths, [1_000]);
  bench.pass(STEP);
  assert.deepEqual(changes.lengths, [1_000, 1_600]);
});

test('a list of a thousand rows is set once in fifty milliseconds, however often one of them changes', t => {
  const bench = new Bench(t);
  const changes = bench.group('changes');
  bench.has('modified', 1_000);
  bench.view.rows.push();
  for (let i = 0; i < 10; i++) {
    bench.has('modified', 1, 1_000 + i);
    bench.view.rows.push();
  }
  assert.deepEqual(changes.lengths, [1_000]);
  bench.pass(1_000 * PER_ROW);
  assert.deepEqual(changes.lengths, [1_000, 1_010]);
});

test('a group in which nothing changed is not set', t => {
  const bench = new Bench(t);
  bench.has('modified', 3);
  bench.view.rows.push();
  bench.has('unknown', 2);
  bench.view.rows.push();
  assert.deepEqual(bench.group('changes').lengths, [3]);
  assert.deepEqual(bench.group('untracked').lengths, [2]);
});

test('a view that is disposed of while a list grows sets nothing more, and whoever waits goes on', async t => {
  const bench = new Bench(t);
  const changes = bench.group('changes');
  bench.has('modified', 2_500);
  const all = bench.view.pushAll();
  bench.view.dispose();
  await all;
  bench.pass(10_000);
  assert.deepEqual(changes.lengths, [1_000]);
});

test('the badge counts nothing while no group has a row, and a rename once', t => {
  const bench = new Bench(t);
  const counts = { ...NO_COUNTS, added: 1, removed: 1, modified: 1 };
  bench.model.apply(
    update({
      changed: [entry('removed', 'old'), entry('added', 'new', { source: 'old' }), entry('modified', 'm')],
      counts,
    }),
  );
  bench.view.summary.show();
  bench.pass(STEP);
  assert.equal(bench.view.sourceControl.count, 0, 'the rows are not made yet');
  for (const path of ['old', 'new', 'm']) bench.view.rows.update(path);
  bench.view.summary.show();
  bench.pass(STEP);
  assert.equal(bench.view.sourceControl.count, 2);
  assert.deepEqual(
    bench.group('changes').resourceStates.map(row => (row as { resourceUri: { path: string } }).resourceUri.path),
    ['/repo/m', '/repo/new'],
  );
});
