import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PatchedText } from '../../../../src/mercurial/store/delta.ts';
import { delta } from './revlogWriter.ts';

const patched = (base: string, ...deltas: Buffer[]): string => {
  const text = new PatchedText(Buffer.from(base), 1 << 20, 'test');
  for (const each of deltas) text.apply(each);
  return text.toBuffer().toString();
};

test('hunks replace ranges of the text before the delta', () => {
  assert.equal(patched('abcdef', delta([1, 2, 'XX'], [2, 2, '-'], [4, 6, ''])), 'aXX-cd');
  assert.equal(patched('abcdef', delta([0, 0, '>'], [6, 6, '<'])), '>abcdef<');
  assert.equal(patched('abc', delta([0, 3, ''])), '');
  assert.equal(patched('', delta([0, 0, 'x']), delta([1, 1, 'y'])), 'xy');
  assert.equal(patched('abc', Buffer.alloc(0)), 'abc');
});

test('hostile deltas are refused', () => {
  const hostile: Buffer[] = [
    delta([2, 1, '']),
    delta([0, 7, '']),
    delta([-1, 2, '']),
    delta([3, 4, ''], [2, 3, '']),
    delta([0, 1, 'abc']).subarray(0, 14),
    delta([0, 1, 'abc']).subarray(0, 5),
    Buffer.from('00000000000000007fffffff', 'hex'),
    Buffer.from('0000000000000000ffffffff', 'hex'),
  ];
  for (const each of hostile) assert.throws(() => patched('abcdef', each), { code: 'corrupt' }, each.toString('hex'));
});

test('a text may not grow beyond the limit', () => {
  const text = new PatchedText(Buffer.from('abc'), 5, 'test');
  text.apply(delta([0, 0, 'xx']));
  assert.throws(() => text.apply(delta([0, 0, 'x'])), /a delta makes a text of 6 bytes/);
});

test('any chain of deltas is what replacing one after the other gives', () => {
  const hunk = fc.tuple(fc.nat(40), fc.nat(10), fc.string({ maxLength: 8 }));
  fc.assert(
    fc.property(
      fc.string({ maxLength: 60 }),
      fc.array(fc.array(hunk, { maxLength: 5 }), { maxLength: 8 }),
      (base, steps) => {
        const first = Buffer.from(base);
        const text = new PatchedText(first, 1 << 20, 'test');
        let expected = first;
        for (const step of steps) {
          let position = 0;
          const hunks: [number, number, Buffer][] = [];
          const parts: Buffer[] = [];
          for (const [skip, remove, insert] of step) {
            const start = Math.min(position + skip, expected.length);
            const end = Math.min(start + remove, expected.length);
            hunks.push([start, end, Buffer.from(insert)]);
            parts.push(expected.subarray(position, start), Buffer.from(insert));
            position = end;
          }
          expected = Buffer.concat([...parts, expected.subarray(position)]);
          text.apply(delta(...hunks));
        }
        assert.deepEqual(text.toBuffer(), expected);
      },
    ),
  );
});

test('thousands of pieces are copied together and stay right', () => {
  const text = new PatchedText(Buffer.alloc(10_000, 'a'), 1 << 20, 'test');
  text.apply(delta(...Array.from({ length: 5000 }, (_, i): [number, number, string] => [i * 2, i * 2 + 1, 'bb'])));
  text.apply(delta([14_999, 15_000, 'z']));
  assert.equal(text.toBuffer().toString(), `${'bba'.repeat(4999)}bbz`);
});
