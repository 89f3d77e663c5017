// Packs that hg wrote, in forms that are rare: a larger index, deltas without an end, entries of another file node.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { bytePath } from '../../../../src/base/bytePath.ts';
import { Vfs } from '../../../../src/files/vfs.ts';
import { RemotePacks } from '../../../../src/mercurial/store/remotePacks.ts';
import { seed } from '../../../fuzz/decoderInputs.ts';
import { MemoryVfs } from '../../../fuzz/memoryVfs.ts';
import { temporaryDirectory } from '../../../support/temporaryDirectory.ts';

const SMALL_TABLE = 4 * 256;
const LARGE_TABLE = 4 * 65_536;
/** Nodes of `d/big`: a full text, and a delta to it. */
const FULL = '16f80d7caaf655c1b635cc4774efb4181c025c23';
const DELTA = '7b4b5e46bab17024563ac3481cad82c490ea08c6';

function packsWith(change: (kind: string, bytes: Buffer) => Buffer = (_, bytes) => bytes): RemotePacks {
  const kinds = ['dataidx', 'datapack', 'histidx', 'histpack'];
  const files = kinds.map(kind => [`/packs/p.${kind}`, change(kind, seed('remote-packs', `pack.${kind}`))] as const);
  const vfs = new MemoryVfs(Object.fromEntries(files));
  return new RemotePacks(vfs, '/packs');
}

test('texts are rebuilt from deltas, and histories are listed', () => {
  const packs = packsWith();
  const lines = packs.text(DELTA)!.toString().split('\n');
  assert.deepEqual([lines.length, lines[6], lines[249]], [301, 'seven', 'other']);
  assert.equal(packs.text('1'.repeat(40)), undefined);
  const [copy, ...others] = packs.revisions(bytePath('copied'));
  assert.deepEqual([copy?.copySource, copy?.p1, others.length], ['a', 'b789fdd96dc2f3bd229c1dd8eedf0fc60e2b68e3', 0]);
  assert.deepEqual([...packs.revisions(bytePath('nothing'))], []);
});

test('an index may have a table for two bytes', () => {
  const packs = packsWith((kind, bytes) => {
    if (!kind.endsWith('idx')) return bytes;
    return Buffer.concat([Buffer.from([2, 0x80]), Buffer.alloc(LARGE_TABLE), bytes.subarray(2 + SMALL_TABLE)]);
  });
  assert.equal(packs.text(DELTA)!.equals(packsWith().text(DELTA)!), true);
  assert.equal([...packs.revisions(bytePath('d/big'))].length, 8);
});

test('deltas without an end, other entries and flags are errors', () => {
  const inEntry = (node: string, offset: number, value: Buffer): RemotePacks =>
    packsWith((kind, bytes) => {
      const at = kind === 'datapack' ? bytes.indexOf(Buffer.from(node, 'hex')) : -1;
      if (at < 0) return bytes;
      const changed = Buffer.from(bytes);
      value.copy(changed, at + offset);
      return changed;
    });
  const own = Buffer.from(DELTA, 'hex');
  // Its base is itself, and then in two steps.
  assert.throws(() => inEntry(DELTA, 20, own).text(DELTA), /deltas of 7b4b5e46\w+ have no end/);
  assert.throws(() => inEntry(FULL, 20, own).text(DELTA), /deltas of 7b4b5e46\w+ have no end/);
  assert.throws(() => inEntry(FULL, 0, own).text(FULL), /has another entry where 16f80d7c\w+ should be/);
  const entry = seed('remote-packs', 'pack.datapack').subarray(
    seed('remote-packs', 'pack.datapack').indexOf(Buffer.from(FULL, 'hex')),
  );
  const metadataAt = 48 + entry.readUInt32BE(44) + 4;
  assert.equal(entry.toString('latin1', metadataAt, metadataAt + 1), 's');
  assert.throws(() => inEntry(FULL, metadataAt, Buffer.from('f')).text(FULL), /16f80d7c\w+ has flags/);
  assert.throws(() => inEntry(FULL, 48, Buffer.from('u')).text(FULL), /not compressed by zlib/);
});

test('an index is read once, until packs are replaced', t => {
  const directory = temporaryDirectory(t).root;
  const write = (name: string): void => {
    for (const kind of ['dataidx', 'datapack']) {
      fs.writeFileSync(path.join(directory, `${name}.${kind}`), seed('remote-packs', `pack.${kind}`));
    }
  };
  write('first');
  const vfs = new Vfs();
  const packs = new RemotePacks(vfs, directory);
  const openedFor = (node: string): number => {
    const before = vfs.filesOpened;
    assert.notEqual(packs.text(node), undefined);
    return vfs.filesOpened - before;
  };
  // The index and the pack; then the pack, once for each text of the chain.
  assert.deepEqual([openedFor(FULL), openedFor(FULL), openedFor(DELTA)], [2, 1, 2]);
  write('second');
  for (const kind of ['dataidx', 'datapack']) fs.rmSync(path.join(directory, `first.${kind}`));
  assert.equal(openedFor(FULL), 2);
});
