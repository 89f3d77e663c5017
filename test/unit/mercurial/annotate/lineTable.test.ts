import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { LineTable } from '../../../../src/mercurial/annotate/lineTable.ts';

/** Lines with their ends, as a table sees them. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

test('equal lines of any versions get equal numbers, and others do not', () => {
  const line = fc.constantFrom('', 'a', 'b', 'long '.repeat(80), '\r');
  const version = fc.tuple(fc.array(line, { maxLength: 30 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(version, { minLength: 1, maxLength: 6 }), versions => {
      const table = new LineTable();
      const numbers = new Map<string, number>();
      for (const [lines, endsWithNewline] of versions) {
        const text = lines.join('\n') + (endsWithNewline ? '\n' : '');
        const actual = Array.from(table.number(Buffer.from(text)));
        const expected = linesOf(text);
        assert.equal(actual.length, expected.length);
        for (const [index, content] of expected.entries()) {
          if (!numbers.has(content)) numbers.set(content, actual[index]!);
          assert.equal(actual[index], numbers.get(content));
        }
      }
      assert.equal(new Set(numbers.values()).size, numbers.size);
      assert.equal(table.size, numbers.size);
    }),
  );
});
