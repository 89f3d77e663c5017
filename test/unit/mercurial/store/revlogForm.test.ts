import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { emptyCounters } from '../../../../src/mercurial/store/counters.ts';
import { Revlog } from '../../../../src/mercurial/store/revlog.ts';
import { decodeRevlogDocket, fromVersion0 } from '../../../../src/mercurial/store/revlogForm.ts';
import { MemoryVfs } from '../../../fuzz/memoryVfs.ts';

const SEEDS = path.join(import.meta.dirname, '../../../fixtures/seeds');
const fixture = (name: string): Buffer => fs.readFileSync(path.join(SEEDS, name));
const NARROW = fixture('revlog-docket/changelog-2.bin');
const WIDE = fixture('revlog-docket/changelog-2-wide.bin');
const INDEX = fixture('revlog-files/changelog-2.idx');

function revlog(docket: Buffer, index = INDEX): { readonly log: Revlog; readonly vfs: MemoryVfs } {
  const vfs = new MemoryVfs({
    '/log.i': docket,
    '/log.idx': index,
    '/log.dat': fixture('revlog-files/changelog-2.dat'),
  });
  // The store encodes each name by itself; here the id is left out.
  const file = (ending: string): string => `/log${ending.replace(/^-.*\./, '.')}`;
  return { log: new Revlog({ vfs, file, counters: emptyCounters() }), vfs };
}

test('a docket names index and data, with numbers of four bytes or of eight', () => {
  for (const docket of [NARROW, WIDE]) {
    const { indexEnding, dataEnding, indexEnd, form } = decodeRevlogDocket(docket, 'log.i');
    assert.match(`${indexEnding} ${dataEnding}`, /^-[0-9a-f]{8}\.idx -[0-9a-f]{8}\.dat$/);
    assert.deepEqual([indexEnd, form.length, form.base], [3 * 96, 96, undefined]);
  }
  assert.equal(decodeRevlogDocket(fixture('revlog-docket/filelog-2.bin'), 'a.i').form.base, 16);
});

test('a changelog of version 2: texts, parents, and links to itself', () => {
  const { log } = revlog(NARROW);
  assert.equal(log.length, 3);
  assert.match(log.text(2).toString(), /\nmessage 3 1 ?\n2\n/);
  assert.match(log.beginning(1, 40).toString(), /^[0-9a-f]{40}$/);
  const { base, link, p1, p2, isPlain } = log.entry(2);
  assert.deepEqual({ base, link, p1, p2, isPlain }, { base: 2, link: 2, p1: 1, p2: -1, isPlain: false });
  assert.equal(log.findNode(log.entry(0).node), 0);
});

test('entries behind the end that the docket states do not count; a missing end is corrupt', () => {
  const longer = Buffer.concat([INDEX, Buffer.alloc(150, 0xff)]);
  assert.equal(revlog(NARROW, longer).log.length, 3);
  assert.throws(() => revlog(NARROW, INDEX.subarray(0, 200)).log.length, { code: 'corrupt', message: /too short/ });
});

test('another docket is another index', () => {
  const { log, vfs } = revlog(NARROW);
  assert.equal(log.length, 3);
  assert.equal(log.refresh(), false);
  const fewer = Buffer.from(NARROW);
  fewer.writeUInt32BE(96, 10);
  vfs.write('/log.i', fewer);
  assert.equal(log.refresh(), true);
  assert.equal(log.length, 1);
});

test('dockets that name other files than their own are refused', () => {
  const changed = (at: number, value: number): Buffer => {
    const bytes = Buffer.from(NARROW);
    bytes[at] = value;
    return bytes;
  };
  assert.throws(() => decodeRevlogDocket(changed(5, 1), 'log.i'), { code: 'unsupported' });
  for (const bytes of [changed(4, 9), changed(36, 0x2f), NARROW.subarray(0, 20), NARROW.subarray(0, 58)]) {
    assert.throws(() => decodeRevlogDocket(bytes, 'log.i'), { code: 'corrupt' });
  }
});

test('version 0: parents by their nodes', () => {
  const bytes = fixture('revlog/version-0.bin');
  const vfs = new MemoryVfs({ '/log.i': bytes, '/log.d': '' });
  const log = new Revlog({ vfs, file: ending => `/log${ending}`, counters: emptyCounters() });
  assert.equal(log.length, 5);
  assert.deepEqual(
    [0, 1, 2, 3, 4].map(revision => [log.entry(revision).p1, log.entry(revision).p2, log.entry(revision).link]),
    [
      [-1, -1, 0],
      [0, -1, 1],
      [1, -1, 2],
      [0, -1, 3],
      [3, 2, 4],
    ],
  );
  assert.equal(log.entry(4).fullLength, -1);
  const later = bytes.subarray(76);
  assert.throws(() => fromVersion0(later, 'log.i'), { code: 'corrupt', message: /parents that do not come before/ });
});
