// The place of the graph's page, without a page: what is kept and told while rows come after a jump, or a graph lacks
// what was selected.
import assert from 'node:assert/strict';
import { test } from 'node:test';

interface Ids {
  readonly node?: string;
  readonly other?: string;
}

interface Place {
  readonly kept: Ids & { readonly anchor?: string; readonly below?: readonly string[]; readonly offset: number };
  open(shown: { selected?: number; node?: string; other?: number }, scrollTop: number): void;
  select(row: number, isExtended: boolean): void;
  scroll(scrollTop: number): void;
  learn(rows: ReadonlyMap<number, { readonly node: string }>): void;
  untold(): Ids | undefined;
  forget(): void;
}

const { Place } = (await import(new URL('../../../media/graph/place.mjs', import.meta.url).href)) as {
  Place: new (kept?: Place['kept']) => Place;
};

/** Rows whose ids are letters. */
function rows(first: number, letters: string): ReadonlyMap<number, { readonly node: string }> {
  return new Map(Array.from(letters, (node, at) => [first + at, { node }]));
}

test('a place is known when its rows come, and until then the last known one is kept whole', () => {
  const place = new Place();
  place.open({ selected: 0 }, 0);
  place.learn(rows(0, 'abc'));
  assert.deepEqual(place.untold(), { node: 'a', other: undefined });
  assert.equal(place.untold(), undefined);
  place.scroll(22 + 3);
  place.select(2, false);
  place.learn(rows(0, 'abc'));
  const known = { node: 'c', other: undefined, anchor: 'b', below: ['c'], offset: 3 };
  assert.deepEqual([place.kept, place.untold()], [known, { node: 'c', other: undefined }]);
  place.scroll(22 * 50 + 9);
  place.select(52, false);
  place.learn(rows(0, 'abc'));
  assert.deepEqual([place.kept, place.untold()], [known, { node: undefined, other: undefined }]);
  place.learn(rows(50, 'xyz'));
  const other = { node: 'z', other: undefined, anchor: 'x', below: ['y', 'z'], offset: 9 };
  assert.deepEqual([place.kept, place.untold()], [other, { node: 'z', other: undefined }]);
  place.scroll(0);
  place.learn(new Map());
  assert.deepEqual(place.kept, { ...other, anchor: undefined, below: undefined, offset: 0 });
});

test('a graph that lacks the selected changesets takes them from no later graph', () => {
  const kept = { node: 'm', other: 'n', anchor: 'k', below: ['l'], offset: 5 };
  const place = new Place(kept);
  place.open({ selected: 1 }, 0);
  place.learn(rows(0, 'ab'));
  assert.deepEqual(place.untold(), { node: 'b', other: undefined }, 'commands are for what is shown');
  // The list goes to the position that it was given.
  place.scroll(0);
  place.learn(rows(0, 'ab'));
  assert.deepEqual(place.kept, kept);
  place.open({ selected: 7, node: 'm', other: 9 }, 115);
  place.scroll(115);
  place.learn(rows(20, 'vw'));
  assert.deepEqual([place.kept, place.untold()], [kept, { node: 'm', other: 'n' }]);
  place.select(20, true);
  place.learn(rows(20, 'vw'));
  assert.deepEqual(place.kept, { ...kept, node: 'v' });
});

test('after the graph of another repository, a selection is told again', () => {
  const place = new Place();
  place.open({ selected: 0, node: 'a' }, 0);
  assert.deepEqual(place.untold(), { node: 'a', other: undefined });
  place.forget();
  place.open({ selected: 0, node: 'a' }, 0);
  assert.deepEqual(place.untold(), { node: 'a', other: undefined });
});
