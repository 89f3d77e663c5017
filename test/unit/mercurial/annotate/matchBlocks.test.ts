// The blocks that annotate matches are those of Mercurial's own comparison: test/fixtures/matched-blocks.json records its
// answers (6.3.2, C modules) for small texts, and for large ones with popular lines and regions that are not searched.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { matchBlocks } from '../../../../src/mercurial/annotate/matchBlocks.ts';

interface LargeCase {
  readonly seed: number;
  readonly lines: number;
  readonly classes: number;
  readonly cut: number;
  readonly at: number;
  readonly inserted: readonly [seed: number, lines: number];
  readonly blocks: readonly number[];
}

const recorded = JSON.parse(
  readFileSync(new URL('../../../fixtures/matched-blocks.json', import.meta.url), 'utf8'),
) as {
  readonly small: readonly [parent: number[], child: number[], blocks: number[]][];
  readonly large: readonly LargeCase[];
};

/** The lines that the recorded answers were asked for: a linear congruential generator. */
function linesFrom(seed: number, count: number, classes: number): number[] {
  let state = BigInt(seed);
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245n + 12_345n) % 2n ** 31n;
    return Number((state >> 8n) % BigInt(classes));
  });
}

test('small texts give the recorded blocks', () => {
  for (const [parent, child, blocks] of recorded.small) {
    const actual = matchBlocks(Int32Array.from(parent), Int32Array.from(child), 10);
    assert.deepEqual(actual, blocks, `${parent.join()} | ${child.join()}`);
  }
});

test('large texts give the recorded blocks', () => {
  for (const { seed, lines, classes, cut, at, inserted, blocks } of recorded.large) {
    const parent = linesFrom(seed, lines, classes);
    const fresh = linesFrom(inserted[0], inserted[1], classes);
    const child = [...parent.slice(cut + at), ...fresh, ...parent.slice(0, at), ...parent.slice(at, at + (cut >> 1))];
    const actual = matchBlocks(Int32Array.from(parent), Int32Array.from(child), classes);
    // The records leave out empty blocks.
    const filled = actual.filter((_, index) => actual[index - (index % 4)] !== actual[index - (index % 4) + 1]);
    assert.deepEqual(filled, blocks, `seed ${seed}`);
  }
});

test('blocks hold equal lines, are in order, and do not overlap', () => {
  const text = fc.array(fc.nat(4), { maxLength: 40 });
  fc.assert(
    fc.property(text, text, (parent, child) => {
      const blocks = matchBlocks(Int32Array.from(parent), Int32Array.from(child), 5);
      let [a, b] = [0, 0];
      for (let at = 0; at < blocks.length; at += 4) {
        const [a1, a2, b1, b2] = blocks.slice(at, at + 4) as [number, number, number, number];
        assert.ok(a1 >= a && b1 >= b && a2 >= a1);
        assert.deepEqual(parent.slice(a1, a2), child.slice(b1, b2));
        [a, b] = [a2, b2];
      }
    }),
  );
});
