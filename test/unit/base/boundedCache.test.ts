import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedCache } from '../../../src/base/boundedCache.ts';

test('the values used last stay, up to a number and a weight', () => {
  const cache = new BoundedCache<number>(3, 10, value => value);
  cache.set('a', 1);
  cache.set('b', 2);
  cache.set('c', 3);
  assert.equal(cache.get('a'), 1);
  cache.set('d', 4);
  assert.deepEqual(cache.entries(), [
    ['c', 3],
    ['a', 1],
    ['d', 4],
  ]);
  cache.set('e', 9);
  assert.deepEqual(cache.entries(), [['e', 9]], 'each of the others is too heavy beside it');
  cache.set('f', 20);
  assert.deepEqual(cache.entries(), [['f', 20]], 'the newest stays, however heavy');
  cache.delete('f');
  cache.set('g', 10);
  assert.deepEqual(cache.entries(), [['g', 10]], 'a deleted value weighs nothing');
  cache.set('g', 1);
  cache.set('h', 9);
  assert.equal(cache.size, 2, 'nor does a replaced one');
  cache.clear();
  cache.set('i', 10);
  assert.equal(cache.size, 1);
});

test('a value that grew counts after a trim', () => {
  const cache = new BoundedCache<number[]>(9, 10, value => value.length);
  const growing = [1];
  cache.set('a', [1, 2]);
  cache.set('b', growing);
  growing.push(...Array.from({ length: 9 }, (_, at) => at));
  cache.trim();
  assert.deepEqual(
    cache.entries().map(([key]) => key),
    ['b'],
  );
});

test('adding a value weighs that value alone', () => {
  let weighed = 0;
  const cache = new BoundedCache<number>(1000, Infinity, () => (weighed++, 1));
  for (let at = 0; at < 2000; at++) cache.set(String(at), at);
  assert.equal(weighed, 2000);
  assert.equal(cache.size, 1000);
});
