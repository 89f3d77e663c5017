// Inputs of which the time, or the memory, once grew much faster than their size. Too long to be kept as files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DECODERS } from '../../fuzz/decoders.ts';
import { problemOf } from '../../fuzz/fuzzer.ts';

const NODE = 'a'.repeat(40);
const node = (i: number): string => i.toString(16).padStart(40, '0');

const INPUTS: readonly [decoder: string, what: string, text: string][] = [
  ['manifest', 'a directory many times, with itself in it', `d\0${NODE}t\n`.repeat(4000)],
  ['hgrc', 'blanks within a line without an equals sign', `[a]\nb${' '.repeat(150_000)}c`],
  ['hgrc', 'blanks before a value', `[a]\nb${' '.repeat(150_000)}c = ${' '.repeat(40_000)}d`],
  ['hgrc', 'a file that includes itself many times', '%include hgrc\n'.repeat(10_000)],
  ['hgsub', 'blanks within a line without an equals sign', `b${' '.repeat(150_000)}c`],
  ['hgignore', 'blanks within a line', `a${' '.repeat(150_000)}b`],
  ['hgignore', 'a subinclude many times', `subinclude:d/.hgignore\n`.repeat(900)],
  ['hgignore', 'brackets that are not closed', `syntax: glob\n${'[a'.repeat(400_000)}`],
  ['sharedpath', 'line ends before the path', `${'\n'.repeat(60_000)}/source/.hg`],
  ['tags', 'a tag that was moved many times', Array.from({ length: 4000 }, (_, i) => `${node(i)} one\n`).join('')],
  ['bookmarks', 'a name of blanks among blanks', `${NODE} ${' '.repeat(150_000)}\n`],
  ['merge-v1', 'empty lines', '\n'.repeat(200_000)],
  ['chunk', 'zstd blocks of nothing', `(\xb5/\xfd\0\x58${'\0\0\0'.repeat(100_000)}\x01\0\0`],
  ['changeset', 'a time without end', `${NODE}\nme\n${'9'.repeat(400)} 0\n\nsummary`],
];

for (const [name, what, text] of INPUTS) {
  test(`${name}: ${what}`, () => {
    const decoder = DECODERS.find(each => each.name === name);
    assert.ok(decoder);
    assert.equal(problemOf(decoder, Buffer.from(text, 'latin1')), undefined);
  });
}
