// Lines of an open file move with edits at once: whole lines beside a change keep their changeset.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineAttributions, type LineEdit } from '../../../src/extension/model/lineAttributions.ts';
import { Random } from '../../support/random.ts';

function attributions(count: number): LineAttributions {
  const sources = Array.from({ length: count }, (_, line) => line);
  return new LineAttributions({
    kind: 'lines',
    sources,
    lineNumbers: sources.map(line => line + 1),
    changesets: sources.map(line => ({ path: `f${line}` }) as never),
  });
}

function after(edit: Partial<LineEdit> & { text: string }): string {
  const lines = attributions(4);
  const { startLine = 1, startCharacter = 0, text } = edit;
  const { endLine = startLine, endCharacter = startCharacter } = edit;
  lines.apply({ startLine, startCharacter, endLine, endCharacter, text });
  return Array.from({ length: lines.count }, (_, line) => String(lines.sourceOf(line))).join(' ');
}

test('an edit keeps the origin of whole lines beside it', () => {
  assert.equal(after({ text: 'x', startCharacter: 2 }), '0 -1 2 3');
  assert.equal(after({ text: 'new\n' }), '0 -1 1 2 3');
  assert.equal(after({ text: '\n    ', startCharacter: 5 }), '0 1 -1 2 3');
  assert.equal(after({ text: '', endLine: 2 }), '0 2 3');
  assert.equal(after({ text: '', startCharacter: 3, endLine: 2, endCharacter: 1 }), '0 -1 3');
  assert.equal(after({ text: 'a\nb\n', endLine: 3 }), '0 -1 -1 3');
  assert.equal(after({ text: 'a\nb', startCharacter: 1, endCharacter: 2 }), '0 -1 -1 2 3');
});

test('there are as many lines as the text has', () => {
  const random = new Random(3);
  const lines = attributions(20);
  let text = Array.from({ length: 20 }, (_, line) => `line ${line}`);
  for (let i = 0; i < 500; i++) {
    const startLine = random.below(text.length);
    const endLine = Math.min(text.length - 1, startLine + random.below(3));
    const startCharacter = random.below(text[startLine]!.length + 1);
    const endCharacter =
      startLine === endLine
        ? startCharacter + random.below(text[endLine]!.length + 1 - startCharacter)
        : random.below(text[endLine]!.length + 1);
    const added = random.pick(['', 'x', '\n', 'a\nb', '\n  ', 'whole\n', 'a\nb\nc\n']);
    const replaced = text[startLine]!.slice(0, startCharacter) + added + text[endLine]!.slice(endCharacter);
    text = [...text.slice(0, startLine), ...replaced.split('\n'), ...text.slice(endLine + 1)];
    lines.apply({ startLine, startCharacter, endLine, endCharacter, text: added });
    assert.equal(lines.count, text.length);
    for (const [line, content] of text.entries()) {
      const source = lines.sourceOf(line);
      if (source >= 0 && /^line \d+$/.test(content)) assert.equal(content, `line ${source}`);
    }
  }
});
