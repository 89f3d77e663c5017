// The decoders of Bazaar's files.
import { bytePath } from '../../src/base/bytePath.ts';
import { BazaarDirstate } from '../../src/bazaar/dirstate/bazaarDirstate.ts';
import { crc32 } from '../../src/bazaar/dirstate/checksum.ts';
import { BazaarIgnore } from '../../src/bazaar/ignore/bazaarIgnore.ts';
import { readIgnorePatterns } from '../../src/bazaar/ignore/ignoreFiles.ts';
import { parseConflicts } from '../../src/bazaar/repository/conflicts.ts';
import { readLayout } from '../../src/bazaar/repository/layout.ts';
import { BtreeIndex } from '../../src/bazaar/store/btreeIndex.ts';
import { parseChkNode } from '../../src/bazaar/store/chkMap.ts';
import { parseEntry, parseInventory } from '../../src/bazaar/store/inventory.ts';
import { PackStore } from '../../src/bazaar/store/packStore.ts';
import { parseRevision } from '../../src/bazaar/store/revision.ts';
import { decodeBoth } from '../support/bazaarDecoders.ts';
import { LINES, NUMBERS, seed, seeds, tried } from './decoderInputs.ts';
import type { Decoder } from './fuzzer.ts';
import { MemoryVfs } from './memoryVfs.ts';

const BZR = '/r/.bzr';
const STORE = `${BZR}/repository`;
const PACK_NAMES = seed('bzrPackNames', 'names.bin');
const PACK = seed('bzrPack', 'pack.bin');
const TEXT_INDEX = seed('bzrIndex', 'tix.bin');
const ENVIRONMENT = { variables: { BRZ_HOME: '/home/me' }, homeDirectory: '/home/me' };

function walkDirstate(bytes: Buffer): void {
  const tree = decodeBoth(withChecksum(bytes));
  const dirstate = new BazaarDirstate(tree, undefined);
  for (let node = 0; node < Math.min(tree.nodeCount, 200); node++) {
    const path = dirstate.path(node);
    if (dirstate.find(path) !== node) throw new Error(`${JSON.stringify(path)} is not found again`);
    dirstate.kind(node);
    dirstate.working(node);
    dirstate.base(node);
    dirstate.copySource(node);
    dirstate.fileId(node);
  }
  dirstate.removed();
  dirstate.shapedNodes();
}

/** With the checksum that fits: mutations would stop there. */
function withChecksum(bytes: Buffer): Buffer {
  const match = /^#bazaar dirstate flat format 3\ncrc32: -?\d+\n(num_entries: \d+\n)/.exec(
    bytes.toString('latin1', 0, 200),
  );
  if (match === null) return Buffer.from(bytes);
  const body = bytes.subarray(match[0].length);
  const head = `#bazaar dirstate flat format 3\ncrc32: ${crc32(body)}\n${match[1]}`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

function readIndex(bytes: Buffer): void {
  const index = new BtreeIndex(new MemoryVfs({ '/index': bytes }), '/index');
  for (const { key } of index.all()) index.find(key);
}

/** The names of packs in the index, and of the texts in the pack. */
function readPack(pack: Buffer, index: Buffer): void {
  const names = new BtreeIndex(new MemoryVfs({ '/names': PACK_NAMES }), '/names');
  const [name] = [...names.all()].map(entry => entry.key);
  const vfs = new MemoryVfs({
    [`${STORE}/pack-names`]: PACK_NAMES,
    [`${STORE}/packs/${name}.pack`]: pack,
    [`${STORE}/indices/${name}.tix`]: index,
  });
  const keys = [...new BtreeIndex(new MemoryVfs({ '/index': TEXT_INDEX }), '/index').all()].map(entry => entry.key);
  const store = new PackStore(vfs, STORE);
  let read = 0;
  for (const key of keys) tried(() => (read += store.read('tix', key)?.length ?? 0));
  if (read === 0) store.read('tix', keys[0]!);
}

function readFormats(bytes: Buffer): void {
  const vfs = new MemoryVfs({
    [`${BZR}/branch-format`]: 'Bazaar-NG meta directory, format 1\n',
    [`${BZR}/checkout/format`]: 'Bazaar Working Tree Format 6 (bzr 1.14)\n',
    [`${BZR}/branch/format`]: 'Bazaar-NG Branch Reference Format 1\n',
    [`${BZR}/branch/location`]: bytes,
  });
  readLayout(vfs, '/r', ENVIRONMENT);
}

function matchPatterns(bytes: Buffer): void {
  const vfs = new MemoryVfs({ '/r/.bzrignore': bytes });
  const ignore = new BazaarIgnore(() => readIgnorePatterns(vfs, '/r', ENVIRONMENT));
  for (const path of ['a', 'dir/x.o', 'a/b/c', '\xc3\xa9', 'line\nfeed']) ignore.matches(bytePath(path));
}

const RULES = '*.o\n./a\ndir/**/b\n**/c\nRE:.*\\.h$\n!a\n!!z.o\n[!a-c]*\n[[:digit:]]?\n\xc3\xa9\nRE:(?P<n>a)b\n# c\n';

export const BAZAAR_DECODERS: readonly Decoder[] = [
  {
    name: 'bzrDirstate',
    seeds: seeds('bzrDirstate'),
    tokens: [...NUMBERS, '\0', '\0\n\0', 'r\0', 'a\0', 'f\0', 'd\0', 't\0', 'l\0'],
    run: walkDirstate,
  },
  {
    name: 'bzrConflicts',
    seeds: seeds('bzrConflicts'),
    tokens: [...LINES, ': ', 'type: ', 'conflict_path: ', '\n\n'],
    run: bytes => void parseConflicts(bytes, 'conflicts'),
  },
  { name: 'bzrIndex', seeds: [...seeds('bzrIndex'), PACK_NAMES], tokens: NUMBERS, run: readIndex },
  { name: 'bzrPack', seeds: [PACK], tokens: NUMBERS, run: bytes => readPack(bytes, TEXT_INDEX) },
  { name: 'bzrTextIndex', seeds: [TEXT_INDEX], tokens: NUMBERS, run: bytes => readPack(PACK, bytes) },
  {
    name: 'bzrRevision',
    seeds: seeds('bzrRevision'),
    tokens: [...NUMBERS, 'l', 'e', 'd', 'i0e', '0:'],
    run: bytes => void parseRevision(bytes, 'revision'),
  },
  {
    name: 'bzrInventory',
    seeds: seeds('bzrInventory'),
    tokens: [...LINES, ': '],
    run: bytes => void parseInventory(bytes, 'inventory'),
  },
  {
    name: 'bzrChk',
    seeds: seeds('bzrChk'),
    tokens: [...NUMBERS, ...LINES, 'chkleaf:', 'chknode:'],
    run: bytes => {
      const node = parseChkNode(bytes, 'node');
      if (node.type === 'leaf') for (const value of node.items.values()) tried(() => void parseEntry(value, 'entry'));
    },
  },
  {
    name: 'bzrLocation',
    seeds: [Buffer.from('file:///home/me/a%20b/,branch=x%252Fy\n')],
    tokens: ['%', '%c3%a9', ',branch=', 'file:///', '..', '\0'],
    run: readFormats,
  },
  {
    name: 'bzrIgnore',
    seeds: [Buffer.from(RULES, 'latin1')],
    tokens: [...LINES, '**/', '[', '[:alnum:]', ']', '\\', '!', '*', 'RE:', '(', ')', '{2,9}'],
    run: matchPatterns,
  },
];
