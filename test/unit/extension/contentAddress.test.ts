import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromQuery, toQuery } from '../../../src/extension/providers/contentAddress.ts';
import { shortNode } from '../../../src/extension/common/changesetIds.ts';
import { VersionTimes } from '../../../src/extension/providers/syntheticMtimes.ts';

const node = '0123456789abcdef0123456789abcdef01234567';

test('an address survives its query', () => {
  const address = { root: '/répo', path: 'a b/ü?#%.txt', revision: node, label: shortNode(node) };
  assert.deepEqual(fromQuery(toQuery(address)), address);
  assert.deepEqual(fromQuery(toQuery({ ...address, revision: 'base' }))?.revision, 'base');
});

test('what is no address is none', () => {
  for (const query of ['', '{', 'null', '7', '[]', '{"root":"/r"}', '{"root":"/r","path":"a","revision":7}']) {
    assert.equal(fromQuery(query), undefined, query);
  }
  assert.equal(fromQuery(JSON.stringify({ root: '/r', path: 'a', revision: '../x' })), undefined);
  assert.equal(fromQuery(JSON.stringify({ root: '/r', path: 'a', revision: node }))?.label, '0123456789ab');
});

test('each version has a later time than the one before, whatever the clock says', () => {
  let now = 1000;
  const times = new VersionTimes(() => now);
  assert.equal(times.of('u', 'a'), 1000);
  now = 5000;
  assert.equal(times.of('u', 'a'), 1000);
  assert.equal(times.of('u', 'b'), 5000);
  now = 2000;
  assert.equal(times.of('u', 'a'), 5001);
  assert.equal(times.of('v', 'a'), 2000);
});

test('what was told to have changed is later, even if it is the same again', () => {
  const times = new VersionTimes(() => 1000);
  times.of('u', 'a');
  times.advance('u');
  times.advance('never asked for');
  assert.equal(times.of('u', 'a'), 1001);
  assert.deepEqual(times.known(), [['u', 'a']]);
});
