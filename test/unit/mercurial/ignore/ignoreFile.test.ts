import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIgnoreFile } from '../../../../src/mercurial/ignore/ignoreFile.ts';

/** Kind (or type) and content of each line, with its number. */
function lines(content: string): [number, string, string][] {
  return Array.from(parseIgnoreFile(content), line => {
    if (line.type === 'pattern') return [line.line, line.kind, line.pattern];
    return [line.line, line.type, line.type === 'badSyntax' ? line.syntax : line.path];
  });
}

test('the default syntax is that of regular expressions', () => {
  assert.deepEqual(lines('foo\n\n  bar \t\r\n'), [
    [1, 'relre', 'foo'],
    [3, 'relre', '  bar'],
  ]);
});

test('syntax lines', () => {
  assert.deepEqual(
    lines('syntax: glob\na\nsyntax:re\nb\nsyntax:  rootglob  # why\nc\nsyntax: regexp\nd\nsyntax: RE\ne'),
    [
      [2, 'relglob', 'a'],
      [4, 'relre', 'b'],
      [6, 'rootglob', 'c'],
      [8, 'relre', 'd'],
      [9, 'badSyntax', 'RE'],
      [10, 'relre', 'e'],
    ],
  );
  assert.deepEqual(lines('syntax: include\nfoo\n:bar\nre:x'), [
    [2, 'glob', 'includefoo'],
    [3, 'include', 'bar'],
    [4, 'relre', 'x'],
  ]);
});

test('a line that begins with include or subinclude, without a colon, is a rooted glob in every syntax', () => {
  for (const syntax of ['re', 'glob', 'rootglob', 'include']) {
    assert.deepEqual(lines(`syntax: ${syntax}\ninclude\nincludes/*.x\nsubinclude a\nincluded:x\ninclude:f`), [
      [2, 'glob', 'include'],
      [3, 'glob', 'includes/*.x'],
      [4, 'glob', 'subinclude a'],
      [5, 'glob', 'included:x'],
      [6, 'include', 'f'],
    ]);
  }
});

test('prefixes', () => {
  const content =
    're:a\nregexp:b\nglob:c\nrootglob:d\nrelre:e\nrelglob:f\ninclude:g\nsubinclude:h\npath:i\nset:j\nglob:re:k';
  assert.deepEqual(lines(content), [
    [1, 'relre', 'a'],
    [2, 'relre', 'b'],
    [3, 'relglob', 'c'],
    [4, 'rootglob', 'd'],
    [5, 'relre', 'e'],
    [6, 'relglob', 'f'],
    [7, 'include', 'g'],
    [8, 'subinclude', 'h'],
    [9, 'relre', 'path:i'],
    [10, 'relre', 'set:j'],
    [11, 'relglob', 're:k'],
  ]);
});

test('comments', () => {
  assert.deepEqual(lines('a # x\n\\#b\nc\\\\#d\ne\\\\\\#f\n#g'), [
    [1, 'relre', 'a'],
    [2, 'relre', '#b'],
    [3, 'relre', 'c\\\\'],
    [4, 'relre', 'e\\\\#f'],
  ]);
});

test('bytes are kept, a byte order mark too', () => {
  assert.deepEqual(lines('\xef\xbb\xbfsyntax: glob\n\xe9\x85\xa0'), [
    [1, 'relre', '\xef\xbb\xbfsyntax: glob'],
    [2, 'relre', '\xe9\x85\xa0'],
  ]);
});

test('the line is remembered as it stands', () => {
  const [line] = parseIgnoreFile('glob:*.o # objects\n');
  assert.deepEqual(line, { type: 'pattern', kind: 'relglob', pattern: '*.o', line: 1, text: 'glob:*.o # objects' });
});
