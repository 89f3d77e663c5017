// Plain English, enforced: sentence length, openings, words and line width of docs, comments and interface strings.
// `node --import tsx test/support/writing/main.ts FILE...` lists the broken rules of a file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkedFiles, problemsInFile } from '../../support/writing/files.ts';
import { commentProse, jsonProse, markdownProse } from '../../support/writing/prose.ts';
import { problemsOf } from '../../support/writing/rules.ts';

test('docs, comments and interface strings follow the rules of writing', () => {
  const found = checkedFiles()
    .flatMap(problemsInFile)
    .map(({ path, line, rule, text }) => `${path}:${line}: ${rule}: ${text}`);
  assert.deepEqual(found, []);
});

test('every kind of file is checked', () => {
  const files = checkedFiles();
  for (const path of [
    'README.md',
    'docs/architecture.md',
    'esbuild.mjs',
    'package.nls.json',
    'native/scan.c',
    'src/cli/main.ts',
  ]) {
    assert.ok(files.includes(path), path);
  }
});

function rulesBroken(text: string): string[] {
  return problemsOf(markdownProse(text)).map(problem => `${problem.line}: ${problem.rule}`);
}

test('each rule fails for a sentence that breaks it', () => {
  const words = (count: number): string => `${'to '.repeat(count).trim()}.`;
  assert.deepEqual(rulesBroken(words(25)), []);
  assert.deepEqual(rulesBroken(words(26)), ['1: 26 words, at most 25']);
  assert.deepEqual(rulesBroken('x'.repeat(60) + ' ' + 'y'.repeat(60)), ['1: 121 columns, at most 120']);
  for (const opening of ['What', 'Whether', 'Of', 'Whoever', 'That', 'The same', 'As above']) {
    assert.deepEqual(rulesBroken(`${opening} follows is short.`), [`1: begins with "${opening}"`]);
  }
  assert.deepEqual(rulesBroken('What should happen to your changes?'), []);
  for (const sentence of [
    'The path is to be read.',
    'It means that there is a lock.',
    'Everything but for links.',
    'There are none of these.',
    'A person commits.',
    'The model tells the server.',
    'The log says why.',
    'The job looks at the path.',
    'Such repositories are refused.',
    'The colour is grey.',
    'The parser recognises the entry.',
    'Names are normalised.',
  ]) {
    assert.equal(rulesBroken(sentence).length, 1, sentence);
  }
  for (const sentence of [
    'A promise is raised.',
    'The wise exercise.',
    'The parser recognizes a color.',
    'See `colour`.',
  ]) {
    assert.deepEqual(rulesBroken(sentence), [], sentence);
  }
});

test('Markdown is taken apart into sentences with their lines', () => {
  const page = [
    '# A heading',
    'One sentence. And',
    'a second one. A third.',
    '',
    '- An item with `code. Not a sentence` in it.',
    '- A [link. With a stop](x.md), e.g. this one.',
    '',
    '```sh',
    'What is code',
    '```',
    '| A cell | Another. Cell |',
    '|---|---|',
    '<!-- What is hidden',
    'stays hidden -->',
    'The end.',
  ].join('\n');
  assert.deepEqual(
    markdownProse(page).sentences.map(({ line, text }) => `${line} ${text}`),
    [
      '1 A heading',
      '2 One sentence.',
      '2 And a second one.',
      '3 A third.',
      '5 An item with CODE in it.',
      '6 A link.',
      '6 With a stop, e.g. this one.',
      '11 A cell',
      '11 Another.',
      '11 Cell',
      '15 The end.',
    ],
  );
});

test('comments are taken apart into sentences with their lines', () => {
  const source = [
    '#!/usr/bin/env node',
    '// A file comment',
    '// of two lines. Second.',
    '',
    '/**',
    ' * Returns a value.',
    ' *',
    ' * @param name the name of it',
    ' */',
    'const a = 1; // A trailing one.',
    "const b = 'x'; /* not at the beginning */",
    '/* One line. */',
    '// eslint-disable-next-line',
    'const c = `https://x`;',
  ].join('\n');
  assert.deepEqual(
    commentProse(source).sentences.map(({ line, text }) => `${line} ${text}`),
    [
      '2 A file comment of two lines.',
      '3 Second.',
      '6 Returns a value.',
      '8 name the name of it',
      '10 A trailing one.',
      '12 One line.',
    ],
  );
  assert.deepEqual(
    commentProse(source).lines.map(({ line }) => line),
    [2, 3, 5, 6, 7, 8, 9, 10, 12, 13],
  );
});

test('interface strings are read with their escapes', () => {
  assert.deepEqual(jsonProse('{\n  "a.b": "Say \\"x\\".\\nNext line",\n  "c": "d"\n}').sentences, [
    { line: 2, text: 'Say "x".' },
    { line: 2, text: 'Next line' },
    { line: 3, text: 'd' },
  ]);
});
