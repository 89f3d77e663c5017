// The extension TREE of an index: what it says about each directory, and what is rejected.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { decodeCacheTree, type CachedTree } from '../../../src/git/index/cacheTree.ts';
import { SHA1 } from '../../../src/git/objects/objectFormat.ts';

interface Tree {
  readonly name: string;
  /** Undefined: changed since it was remembered. */
  readonly id: string | undefined;
  readonly below: readonly Tree[];
}

const treeOf = fc.memo((depth: number): fc.Arbitrary<Tree> =>
  fc.record({
    name: fc.stringMatching(/^[a-z]{1,3}$/),
    id: fc.option(fc.stringMatching(/^[0-9a-f]{40}$/), { nil: undefined }),
    below:
      depth === 0 ? fc.constant([]) : fc.uniqueArray(treeOf(depth - 1), { maxLength: 4, selector: ({ name }) => name }),
  }),
);

function encode({ name, id, below }: Tree): Buffer {
  const head = Buffer.from(`${name}\0${id === undefined ? -1 : 7} ${below.length}\n`, 'latin1');
  return Buffer.concat([head, Buffer.from(id ?? '', 'hex'), ...below.map(encode)]);
}

function assertSame(decoded: CachedTree | undefined, { id, below }: Tree): void {
  assert.equal(decoded?.id, id);
  assert.equal(decoded?.subtree('none'), undefined);
  for (const each of below) assertSame(decoded?.subtree(each.name), each);
}

test('each directory has the name of its tree, or none', () => {
  fc.assert(fc.property(treeOf(4), tree => assertSame(decodeCacheTree(encode(tree), SHA1, 'index'), tree)));
});

test('an extension that ends too early is rejected, and so are numbers that are none', () => {
  const isCorrupt = (error: unknown): boolean => error instanceof QuicksilverError && error.code === 'corrupt';
  const below = [{ name: 'a', id: undefined, below: [] }];
  const whole = encode({ name: '', id: 'ab'.repeat(20), below });
  for (let length = 1; length < whole.length; length++) {
    assert.throws(() => decodeCacheTree(whole.subarray(0, length), SHA1, 'index'), isCorrupt, `${length} bytes`);
  }
  for (const numbers of ['x 0\n', ' 0\n', '- 0\n', '1  0\n', '-1 12345678901\n', '-1 0 \n']) {
    assert.throws(() => decodeCacheTree(Buffer.from(`\0${numbers}`), SHA1, 'index'), isCorrupt, numbers);
  }
  assert.equal(decodeCacheTree(Buffer.alloc(0), SHA1, 'index'), undefined);
});
