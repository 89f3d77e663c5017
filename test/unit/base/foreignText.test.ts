// What each place where text is shown would take for markup, and what no text may do anywhere: hide, reorder, overwrite.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  inMarkdown,
  jsonForTerminal,
  nameForTerminal,
  oneLine,
  outputForTerminal,
  withoutIcons,
  withoutLinks,
} from '../../../src/base/foreignText.ts';

const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

test('ordinary text of any script stays as it is', () => {
  const texts = [
    'src/a b.ts',
    'Grüße, café, naïve – “quoted” …',
    'עברית, العربية, हिन्दी, 日本語',
    // A non-joiner between Persian letters, a joiner in an Indic word: both change what is seen.
    'می\u200cخواهم',
    'क्\u200dष',
    '👨\u200d👩\u200d👧 ❤\ufe0f 👍🏽 1\ufe0f\u20e3',
    '\u{20000}',
  ];
  for (const text of texts) assert.equal(oneLine(text), text);
});

test('what is not seen is written as an escape', () => {
  assert.equal(oneLine('a\x1b[31mb\x07\x7f\x9b'), 'a\\x1b[31mb\\x07\\x7f\\x9b');
  assert.equal(oneLine('x\u202etxt.exe\u202c\u2066\u200f\u061c'), 'x\\u202etxt.exe\\u202c\\u2066\\u200f\\u061c');
  assert.equal(
    oneLine('ad\u200bmin\u200c\u200d\ufeff\u2060\u00ad\u3164'),
    'ad\\u200bmin\\u200c\\u200d\\ufeff\\u2060\\xad\\u3164',
  );
  assert.equal(oneLine('a\ufe0f\u{e0041}\u034f'), 'a\\ufe0f\\u{e0041}\\u034f');
  assert.equal(oneLine('tab\there\0'), 'tab\\x09here\\x00');
  assert.equal(oneLine('latin \udce9 \ud800'), 'latin \\xe9 \\ud800');
});

test('a line break cannot pretend a line', () => {
  assert.equal(oneLine('a\nb\r\nc\rd\u2028e\u2029f\x85g\vh\fi'), 'a⏎b⏎c⏎d⏎e⏎f⏎g⏎h⏎i');
});

test('every control character and all that Unicode does not display is escaped', () => {
  const shown = /^(?:⏎|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\u\{[0-9a-f]+\})$/;
  for (let code = 0; code <= 0xe0fff; code++) {
    const character = String.fromCodePoint(code);
    if (/\p{Cc}|\p{Cs}|\p{Bidi_Control}|\p{Default_Ignorable_Code_Point}/u.test(character)) {
      assert.match(oneLine(character), shown, code.toString(16));
    }
  }
});

test('links and icons are broken up, whatever is around them', () => {
  const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)/i;
  for (const text of ['[a](command:x)', ']](command:x)', '[[a]](https://e.org "t")', '[a](file:///etc/passwd)']) {
    assert.doesNotMatch(withoutLinks(`before [${text}](command:y) after`), link);
    assert.equal(withoutLinks(text).replaceAll('\u2060', ''), text);
  }
  const icon = /\$\([\w~-]+\)/;
  for (const text of ['$(lock)', '\\$(lock)', '\\\\$(lock)', '$$(sync~spin)', '$($(lock))']) {
    assert.doesNotMatch(withoutIcons(text), icon);
    assert.equal(withoutIcons(text).replaceAll('\u2060', ''), text);
  }
});

test('Markdown has nothing but the text', () => {
  for (const text of [
    '[a](command:x)',
    '<img src=x>',
    '**b** _i_ `c`',
    '# h',
    '1. x',
    '    code',
    'www.e.org a@e.org',
    '$(lock) &amp;',
  ]) {
    assert.doesNotMatch(inMarkdown(text), /[!"$%'()*+,./:<=>?@[\\\]^_`{|}~-]|#(?!\d+;)|^ | {2}/);
    assert.equal(
      inMarkdown(text).replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))),
      text,
    );
  }
  assert.equal(inMarkdown('Grüße 1'), 'Grüße 1');
});

test('a name in a terminal moves nothing; what is not UTF-8 stays, but for control characters', () => {
  assert.equal(nameForTerminal('a/b c'), 'a/b c');
  assert.equal(nameForTerminal(utf8('é/日本')), utf8('é/日本'));
  assert.equal(nameForTerminal('a\x1b[2J\nM b'), 'a\\x1b[2J\\x0aM b');
  assert.equal(nameForTerminal(utf8('x\u202ey\u009b1m')), 'x\\u202ey\\x9b1m');
  assert.equal(nameForTerminal('caf\xe9\x9b'), 'caf\xe9\\x9b');
});

test('JSON in a terminal is the same JSON', () => {
  const value = { path: 'a\x1b\u007f\u009b\u202e\u200b\u{e0041}é' };
  const shown = Buffer.from(jsonForTerminal(utf8(`${JSON.stringify(value)}\n`)), 'latin1').toString('utf8');
  assert.deepEqual(JSON.parse(shown), value);
  assert.match(shown, /^[\x20-\x7eé]*\n$/);
  // The surrogate that stands for a byte stays as Mercurial writes it.
  assert.equal(jsonForTerminal('"\xed\xb3\xa9"'), '"\xed\xb3\xa9"');
});

test('an output in a terminal keeps its lines and nothing else that moves the cursor, in pieces as in one', () => {
  const output = `one\ttwo\r\nthree\rfour\x1b[8m\x07${utf8('é\u009b1m')}\n`;
  const expected = `one\ttwo\r\nthree\\x0dfour\\x1b[8m\\x07${utf8('é')}\\x9b1m\n`;
  assert.equal(outputForTerminal()(output), expected);
  // The styles of the command line's own colors.
  for (const style of ['\x1b[0;34;1m', '\x1b[0;0m', '\x1b[0;1;0;41m']) {
    assert.equal(outputForTerminal()(`${style}M a\x1b[0m\n`), `${style}M a\x1b[0m\n`);
  }
  const inPieces = outputForTerminal();
  assert.equal(output.split('').map(inPieces).join(''), expected);
});
