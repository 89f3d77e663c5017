import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  baseName,
  bytePath,
  compareBytes,
  fromDisplay,
  isAtOrBelow,
  isUtf8,
  isWithinRoot,
  joinPath,
  parentPath,
  ROOT_PATH,
  toDisplay,
  toFsPath,
} from '../../../src/base/bytePath.ts';
import { temporaryDirectory } from '../../support/temporaryDirectory.ts';

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** Random bytes in which well-formed, truncated and overlong UTF-8 sequences are frequent. */
const pathBytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 3 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2 }).map(text => Buffer.from(text, 'utf8')),
      fc.constantFrom(
        [0xc0, 0x80],
        [0xed, 0xa0, 0x80],
        [0xf0, 0x9f, 0x98],
        [0xf4, 0x90, 0x80, 0x80],
        [0xef, 0xbf, 0xbd],
      ),
    ),
    { maxLength: 8 },
  )
  .map(parts => Buffer.concat(parts.map(part => Uint8Array.from(part))));

test('the displayed form of any bytes leads back to the same bytes', () => {
  fc.assert(
    fc.property(pathBytes, bytes => {
      const path = latin1(bytes);
      assert.equal(fromDisplay(toDisplay(path)), path);
    }),
    { numRuns: 1000 },
  );
});

test('the displayed form survives JSON', () => {
  fc.assert(
    fc.property(pathBytes, bytes => {
      const path = latin1(bytes);
      assert.equal(fromDisplay(JSON.parse(JSON.stringify(toDisplay(path))) as string), path);
    }),
  );
});

test('valid UTF-8 is displayed as its text, and only that counts as UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      assert.equal(toDisplay(utf8(text)), text);
      assert.equal(fromDisplay(text), utf8(text));
      assert.equal(isUtf8(bytePath(utf8(text))), true);
    }),
  );
  fc.assert(
    fc.property(pathBytes, bytes => {
      assert.equal(isUtf8(bytePath(latin1(bytes))), !/[\udc80-\udcff]/u.test(toDisplay(latin1(bytes))));
    }),
  );
});

test('each byte that is not UTF-8 is displayed as U+DC00 plus the byte', () => {
  assert.equal(toDisplay('a\xffb'), 'a\udcffb');
  assert.equal(toDisplay('\xe4.txt'), '\udce4.txt');
  // Truncated, overlong, a surrogate, beyond U+10FFFF.
  assert.equal(toDisplay('\xf0\x9f\x98'), '\udcf0\udc9f\udc98');
  assert.equal(toDisplay('\xc0\x80'), '\udcc0\udc80');
  assert.equal(toDisplay('\xed\xa0\x80'), '\udced\udca0\udc80');
  assert.equal(toDisplay('\xf4\x90\x80\x80'), '\udcf4\udc90\udc80\udc80');
});

test('a replacement character that is really in a name stays one', () => {
  assert.equal(toDisplay('\xef\xbf\xbd'), '\ufffd');
  assert.equal(toDisplay('\xef\xbf\xbd\xff'), '\ufffd\udcff');
  assert.equal(isUtf8(bytePath('\xef\xbf\xbd')), true);
});

test('a byte order mark is part of the name', () => {
  assert.equal(toDisplay('\xef\xbb\xbfx'), '\ufeffx');
  assert.equal(toDisplay('\xef\xbb\xbf\xff'), '\ufeff\udcff');
});

test('fs finds every name that a file system can hold', t => {
  const directory = temporaryDirectory(t);
  const names = ['plain', utf8('Grüße 日本 😀'), 'line\nbreak', ' blank ', 'back\\slash', '%41'];
  if (process.platform === 'linux') names.push('\xff\xfe', 'latin1-\xe4', '\xc3');
  for (const name of names) fs.writeFileSync(toFsPath(directory.root, bytePath(name)), name, 'latin1');

  assert.deepEqual(fs.readdirSync(directory.root, { encoding: 'latin1' }).sort(), [...names].sort());
  for (const name of names) {
    assert.equal(fs.readFileSync(toFsPath(directory.root, bytePath(name)), 'latin1'), name);
  }
});

test('the root may have a name beyond ASCII, too', t => {
  const directory = temporaryDirectory(t);
  directory.write(`${utf8('Ü')}/f`, 'ascii below');
  directory.write(`${utf8('Ü')}/${utf8('é')}`, 'both');
  const root = `${directory.root}/Ü`;
  assert.equal(fs.readFileSync(toFsPath(root, bytePath('f')), 'latin1'), 'ascii below');
  assert.equal(fs.readFileSync(toFsPath(root, bytePath(utf8('é'))), 'latin1'), 'both');
  assert.equal(toFsPath(root, ROOT_PATH), root);
});

test('parents, names and joins', () => {
  assert.equal(parentPath(bytePath('a/b/c')), 'a/b');
  assert.equal(parentPath(bytePath('a')), '');
  assert.equal(parentPath(ROOT_PATH), '');
  assert.equal(baseName(bytePath('a/b/c')), 'c');
  assert.equal(baseName(bytePath('a')), 'a');
  assert.equal(joinPath(ROOT_PATH, 'a'), 'a');
  assert.equal(joinPath(bytePath('a'), 'b'), 'a/b');
});

test('a path is at or below a directory only at a component boundary', () => {
  const at = (path: string, directory: string): boolean => isAtOrBelow(bytePath(path), bytePath(directory));
  assert.equal(at('a/b', 'a'), true);
  assert.equal(at('a', 'a'), true);
  assert.equal(at('a/b/c', 'a/b'), true);
  assert.equal(at('anything', ''), true);
  assert.equal(at('', ''), true);
  assert.equal(at('ab', 'a'), false);
  assert.equal(at('a', 'a/b'), false);
  assert.equal(at('a.b', 'a'), false);
  assert.equal(at('', 'a'), false);
});

test('the order is that of the unsigned bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      assert.equal(compareBytes(latin1(a), latin1(b)), Buffer.compare(a, b));
    }),
  );
});

test('what lies below the root is told from what does not', () => {
  for (const path of ['a', 'a/b', '.hg', '..a', 'a..', 'a/...', '\xff/\\', ' ']) assert.ok(isWithinRoot(path), path);
  for (const path of ['', '.', '..', '/', '/a', 'a/', 'a//b', '../a', 'a/..', 'a/../b', './a', 'a/./b', 'a\0b']) {
    assert.ok(!isWithinRoot(path), path);
  }
});
