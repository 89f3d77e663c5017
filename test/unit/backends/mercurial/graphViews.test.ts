// A graph that is opened again, after the page that showed it was closed: nothing is laid out as long as the history is
// the same, and nothing is kept of an earlier one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WrittenHistory } from '../../../support/writtenHistory.ts';

test('a closed graph is laid out once, and again when there is another history', t => {
  const repository = new WrittenHistory(t, 20);
  const { history } = repository;
  const first = repository.open();
  assert.equal(history.closedRows, undefined);
  for (let round = 0; round < 3; round++) {
    history.close(first.view);
    assert.deepEqual([history.closedRows, history.rows(first.view, 0, 1)], [20, undefined]);
    // The state was read again, and is the same.
    repository.reload();
    assert.deepEqual(repository.open(), first);
    assert.equal(history.rows(first.view, 0, 1)?.rows[0]?.summary, '19');
    assert.equal(history.closedRows, undefined);
  }
  assert.equal(repository.counters.layouts, 1);
  history.close(first.view);
  repository.commit('20');
  assert.equal(history.closedRows, undefined, 'it is forgotten before anybody asks for a graph');
  const second = repository.open();
  assert.deepEqual([second.rows, repository.counters.layouts], [21, 2]);
  assert.notEqual(second.view, first.view);
});

test('only the graph that was closed last is kept, and none of an earlier state', t => {
  const repository = new WrittenHistory(t, 20);
  const { history } = repository;
  const [all, drafts] = [repository.open({ kind: 'all' }), repository.open({ kind: 'drafts' })];
  history.close(all.view);
  history.close(drafts.view);
  assert.equal(repository.open({ kind: 'drafts' }).view, drafts.view);
  assert.equal(repository.counters.layouts, 2);
  assert.notEqual(repository.open({ kind: 'all' }).view, all.view);
  assert.equal(repository.counters.layouts, 3);
  repository.strip(3);
  const now = repository.open({ kind: 'all' });
  // A page asks for the new graph, and closes the old one then.
  history.close(drafts.view);
  assert.equal(history.closedRows, undefined);
  history.close(now.view);
  assert.equal(history.closedRows, 17);
  assert.equal(repository.open({ kind: 'all' }).view, now.view);
});
