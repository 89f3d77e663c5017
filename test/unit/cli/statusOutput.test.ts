import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import {
  inListingOrder,
  jsonString,
  outcomeLine,
  writeStatus,
  type StatusFormat,
} from '../../../src/cli/statusOutput.ts';
import { NO_COLORS } from '../../../src/cli/color.ts';
import type { StatusEntry } from '../../../src/status/status.ts';
import type { Status } from '../../../src/status/types.ts';

function entry(path: string, status: Status, source?: string): StatusEntry {
  return source === undefined
    ? { path: bytePath(path), status }
    : { path: bytePath(path), status, source: bytePath(source) };
}

const TEXT: StatusFormat = {
  template: 'text',
  noStatus: false,
  copies: false,
  print0: false,
  paint: NO_COLORS.paint,
  displayPath: path => path,
};

function written(entries: readonly StatusEntry[], format: Partial<StatusFormat>): string {
  let out = '';
  writeStatus(entries, { ...TEXT, ...format }, { write: bytes => (out += bytes) });
  return out;
}

const ENTRIES = [entry('a', 'modified'), entry('d/b', 'added', 'a'), entry('c', 'deleted'), entry('u', 'unknown')];

test('lines of text', () => {
  assert.equal(written(ENTRIES, {}), 'M a\nA d/b\n! c\n? u\n');
  assert.equal(written(ENTRIES, { copies: true }), 'M a\nA d/b\n  a\n! c\n? u\n');
  assert.equal(written(ENTRIES, { noStatus: true }), 'a\nd/b\nc\nu\n');
  assert.equal(written(ENTRIES, { copies: true, noStatus: true }), 'a\nd/b\nc\nu\n');
  assert.equal(written(ENTRIES, { copies: true, print0: true }), 'M a\0A d/b\0  a\0! c\0? u\0');
  assert.equal(written([], {}), '');
});

test('paths of text are shown as asked for, sources too', () => {
  assert.equal(written(ENTRIES.slice(1, 2), { copies: true, displayPath: path => `../${path}` }), 'A ../d/b\n  ../a\n');
});

test('JSON as hg lays it out: paths from the root, the source only with copies', () => {
  assert.equal(written([], { template: 'json' }), '[\n]\n');
  assert.equal(
    written(ENTRIES.slice(0, 2), { template: 'json', copies: true, displayPath: path => `../${path}` }),
    '[\n {\n  "itemtype": "file",\n  "path": "a",\n  "status": "M"\n },\n' +
      ' {\n  "itemtype": "file",\n  "path": "d/b",\n  "source": "a",\n  "status": "A"\n }\n]\n',
  );
  assert.equal(
    written(ENTRIES.slice(1, 2), { template: 'json' }),
    '[\n {\n  "itemtype": "file",\n  "path": "d/b",\n  "status": "A"\n }\n]\n',
  );
});

test('JSON strings escape control characters, quotes, backslashes and DEL', () => {
  assert.equal(jsonString('plain/path.txt'), '"plain/path.txt"');
  assert.equal(jsonString('\b\t\n\f\r"\\'), '"\\b\\t\\n\\f\\r\\"\\\\"');
  assert.equal(jsonString('\x01\x0b\x1f\x7f'), '"\\u0001\\u000b\\u001f\\u007f"');
  assert.equal(jsonString("<>&'/"), '"<>&\'/"');
});

test('JSON strings keep UTF-8 and carry other bytes as lone surrogates', () => {
  assert.equal(jsonString('\xc3\xa9'), '"\xc3\xa9"');
  assert.equal(jsonString('\xf0\x9f\x98\x80'), '"\xf0\x9f\x98\x80"');
  assert.equal(jsonString('\xe2\x80\xa8'), '"\xe2\x80\xa8"');
  assert.equal(jsonString('\xe9'), '"\xed\xb3\xa9"');
  assert.equal(jsonString('\xff\xfe'), '"\xed\xb3\xbf\xed\xb3\xbe"');
  assert.equal(jsonString('\xc0\x80'), '"\xed\xb3\x80\xed\xb2\x80"');
  assert.equal(jsonString('a\xe2\x80z'), '"a\xed\xb3\xa2\xed\xb2\x80z"');
  assert.equal(jsonString('\xf4\x90\x80\x80'), '"\xed\xb3\xb4\xed\xb2\x90\xed\xb2\x80\xed\xb2\x80"');
});

test('JSON strings let surrogates in file names pass, but not those that stand for bytes', () => {
  assert.equal(jsonString('\xed\xa0\x80'), '"\xed\xa0\x80"');
  assert.equal(jsonString('\xed\xbf\xbf'), '"\xed\xbf\xbf"');
  assert.equal(jsonString('\xed\xb3\xa9'), '"\xed\xb3\xad\xed\xb2\xb3\xed\xb2\xa9"');
});

test('listing order is by status, then by bytes', () => {
  const unordered = [
    entry('z', 'clean'),
    entry('b', 'unknown'),
    entry('b.c', 'unknown'),
    entry('b/c', 'unknown'),
    entry('B', 'unknown'),
    entry('\xff', 'modified'),
    entry('a', 'removed'),
    entry('i', 'ignored'),
    entry('a', 'modified'),
    entry('n', 'added'),
    entry('d', 'deleted'),
  ];
  const all = new Set<Status>(['modified', 'added', 'removed', 'deleted', 'unknown', 'ignored', 'clean']);
  assert.deepEqual(
    inListingOrder(unordered, all).map(({ path, status }) => `${status} ${path}`),
    [
      'modified a',
      'modified \xff',
      'added n',
      'removed a',
      'deleted d',
      'unknown B',
      'unknown b',
      'unknown b.c',
      'unknown b/c',
      'ignored i',
      'clean z',
    ],
  );
  assert.deepEqual(
    inListingOrder(unordered, new Set<Status>(['ignored', 'added'])).map(({ path }) => path),
    ['n', 'i'],
  );
});

test('large outputs are handed on in few pieces that are not large', () => {
  const entries = Array.from({ length: 100_000 }, (_, i) => entry(`some/directory/file-${i}`, 'unknown'));
  const pieces: string[] = [];
  writeStatus(entries, TEXT, { write: bytes => pieces.push(bytes) });
  assert.equal(pieces.join(''), entries.map(({ path }) => `? ${path}\n`).join(''));
  assert.equal(pieces.length, 11);
  assert.ok(pieces.every(piece => piece.length < 300_000));
});

test('the outcome in a line', () => {
  const outcome = { stats: 12, directoriesRead: 3, filesRead: 2, bytesRead: 99, unsure: 4, unsureRemembered: 0 };
  assert.equal(
    outcomeLine(outcome, 1.25),
    'stats: 12 lstat calls, 3 directories read, 2 files read (99 bytes), 4 unsure, 1.3 ms',
  );
});
