// The decoders of the store and of the names of what is in it.
import { bytePath } from '../../src/base/bytePath.ts';
import { readBookmarks } from '../../src/mercurial/history/bookmarks.ts';
import { Branches } from '../../src/mercurial/history/branches.ts';
import { KnownBranches } from '../../src/mercurial/history/knownBranches.ts';
import { visibility } from '../../src/mercurial/history/hidden.ts';
import { diffManifests } from '../../src/mercurial/history/manifestDiff.ts';
import { RevisionGraph } from '../../src/mercurial/history/revisionGraph.ts';
import { mergeTag, parseTags, readLocalTags } from '../../src/mercurial/history/tags.ts';
import { isBranchTip } from '../../src/mercurial/history/branchTip.ts';
import { bookmarksFile, readNames } from '../../src/mercurial/repository/names.ts';
import { PhaseFinder, readPhaseRoots } from '../../src/mercurial/history/phases.ts';
import { parseChangeset } from '../../src/mercurial/store/changelog.ts';
import { decodeChunk } from '../../src/mercurial/store/chunk.ts';
import { emptyCounters } from '../../src/mercurial/store/counters.ts';
import { PatchedText } from '../../src/mercurial/store/delta.ts';
import { parseFileText, parseLargeFilePointer } from '../../src/mercurial/store/filelog.ts';
import { FlatManifest, ManifestText, TreeManifest } from '../../src/mercurial/store/manifest.ts';
import { readManifestCache } from '../../src/mercurial/store/manifestCache.ts';
import { parseAncestry, parseRemoteFile } from '../../src/mercurial/store/remoteFiles.ts';
import { RemotePacks } from '../../src/mercurial/store/remotePacks.ts';
import { Revlog } from '../../src/mercurial/store/revlog.ts';
import { openStore, type Store } from '../../src/mercurial/store/store.ts';
import type { Decoder } from './fuzzer.ts';
import { MemoryVfs } from './memoryVfs.ts';
import { fixtures, seeds, seed, HG, LAYOUT, NUMBERS, LINES, tried } from './decoderInputs.ts';

/** A small history, whose changelog is the first seed of revlogs. */
function smallStore(): { readonly store: Store; readonly vfs: MemoryVfs } {
  const vfs = new MemoryVfs({ [`${HG}/store/00changelog.i`]: seed('revlog', 'changelog-zstd.bin') });
  const store = openStore({
    vfs,
    storeDirectory: `${HG}/store`,
    hgDirectory: HG,
    requirements: new Set(['revlogv1', 'store']),
  });
  return { store, vfs };
}

/** A delta to a delta, a copy, and one that is missing. */
const PACKED_NODES = [
  'fe4ca6d9828c185d39221a18ca72a9a665e15c07',
  '37d9b5d994eab34eda9c16b195ace52c7b129980',
  '1'.repeat(40),
];
const delta = fixtures('seeds', 'delta');
const manifestSeeds = fixtures('seeds', 'manifest').map(({ bytes }) => bytes);
const { store, vfs: storeVfs } = smallStore();
const TIP = store.changelog.revlog.length - 1;
const NODES = Array.from({ length: TIP + 1 }, (_, revision) =>
  store.changelog.revlog.entry(revision).node.toString('hex'),
);

/** Revlogs, and what lies beside them in the store. */
export const STORE_DECODERS: readonly Decoder[] = [
  {
    name: 'revlog',
    seeds: seeds('revlog'),
    stride: 64,
    run: bytes => readRevlogs(bytes),
  },
  {
    name: 'revlog-docket',
    seeds: seeds('revlog-docket', 'revlog-files'),
    stride: 96,
    run: bytes => readRevlogWithDocket(bytes),
  },
  {
    name: 'chunk',
    seeds: seeds('chunk'),
    run: bytes => {
      tried(() => void decodeChunk(bytes, 4000, 'chunk', true));
      decodeChunk(bytes, 1 << 22, 'chunk');
    },
  },
  {
    name: 'delta',
    seeds: seeds('delta'),
    run: bytes => {
      const text = new PatchedText(manifestSeeds[0]!, 1 << 20, 'delta');
      text.apply(bytes);
      for (const { bytes: other } of delta) tried(() => text.apply(other));
      text.apply(bytes);
      if (text.toBuffer().length !== text.length) throw new Error('a text of another length than stated');
    },
  },
  {
    name: 'manifest',
    seeds: seeds('manifest'),
    tokens: ['\0', '\n', 't\n', 'l\n', 'x\n', '/', '..', '0'.repeat(40), `d\0${'0'.repeat(40)}t\n`],
    run: readManifests,
  },
  {
    name: 'changeset',
    seeds: seeds('changeset'),
    tokens: ['\n\n', '\0', 'branch:', 'close:1', '\\0', '\\', ':', ...NUMBERS, ...LINES],
    run: bytes => {
      const { time, timezone } = parseChangeset(bytes, 'changeset');
      // Both become dates that people see.
      if (!Number.isFinite(time) || !Number.isFinite(timezone)) throw new Error('no finite time');
    },
  },
  {
    name: 'file-text',
    seeds: seeds('file-text'),
    tokens: ['\x01\n', 'copy: ', 'copyrev: ', 'oid sha256:', 'size ', ...NUMBERS, ...LINES],
    run: bytes => {
      parseFileText(bytes);
      parseLargeFilePointer(bytes, 'pointer');
    },
  },
  {
    name: 'remote-file',
    seeds: [Buffer.concat([Buffer.from('5\0text\n'), Buffer.alloc(80), Buffer.from('\0')])],
    tokens: ['\0', '\x01\n', 'v1\n', ...NUMBERS],
    run: bytes => {
      tried(() => [...parseAncestry(bytes, bytePath('a'), 'remote')].length);
      parseRemoteFile(bytes, '72d9dadc101d101d28f20b28755efd4c2682f424', 'remote');
    },
  },
  {
    name: 'remote-packs',
    seeds: seeds('remote-packs'),
    stride: 40,
    run: readRemotePacks,
  },
  {
    name: 'phases',
    seeds: seeds('phases'),
    tokens: ['0 ', '1 ', '2 ', '32 ', '96 ', '0'.repeat(40), ...NODES, ...NUMBERS, ...LINES],
    run: bytes => {
      storeVfs.write(`${HG}/store/phaseroots`, bytes);
      const roots = readPhaseRoots(storeVfs, `${HG}/store`);
      const finder = new PhaseFinder(store.changelog);
      for (let revision = 0; revision <= TIP; revision++) {
        finder.phaseOf(revision, roots);
        finder.draftAncestors(revision, roots);
      }
      storeVfs.write(`${HG}/store/obsstore`, Buffer.alloc(0));
      visibility(storeVfs, `${HG}/store`, store, new RevisionGraph(store.changelog.revlog), () => [TIP]);
    },
  },
  {
    name: 'obsolete',
    seeds: seeds('obsolete'),
    run: bytes => {
      storeVfs.write(`${HG}/store/obsstore`, bytes);
      storeVfs.write(`${HG}/store/phaseroots`, Buffer.from(`1 ${NODES[0]!}\n`));
      visibility(storeVfs, `${HG}/store`, store, new RevisionGraph(store.changelog.revlog), () => [TIP]);
    },
  },
  {
    name: 'tags',
    seeds: seeds('tags'),
    tokens: ['0'.repeat(40), ...NODES.slice(0, 3), 'one', ...LINES],
    run: bytes => {
      const text = bytes.toString('latin1');
      const all = parseTags(text);
      const reversed = parseTags(text.split('\n').reverse().join('\n'));
      for (const [name, tag] of all) mergeTag(reversed.get(name), tag);
      readLocalTags(new MemoryVfs({ [`${HG}/localtags`]: bytes }), `${HG}/localtags`, node => NODES.includes(node));
    },
  },
  {
    name: 'branches',
    seeds: seeds('branches'),
    tokens: [' o ', ' c ', 'default', 'stable', '0'.repeat(40), ...NODES, ...NUMBERS, ...LINES],
    run: bytes => {
      for (const name of ['branch2-visible', 'branch2-served', 'branch2']) storeVfs.write(`${HG}/cache/${name}`, bytes);
      const graph = new RevisionGraph(store.changelog.revlog);
      const known = new KnownBranches(storeVfs, store.changelog, `${HG}/cache`);
      const branches = new Branches(store, graph, storeVfs, `${HG}/cache`, () => new Set(), known);
      for (const name of ['default', 'stable', 'nosuch']) branches.find(name);
      isBranchTip(storeVfs, store.changelog, `${HG}/cache`, TIP - 1, { branch: 'default', closesBranch: false });
    },
  },
  {
    name: 'bookmarks',
    seeds: seeds('bookmarks'),
    tokens: ['0'.repeat(40), ...NODES.slice(0, 2), 'act', ...LINES],
    run: bytes => {
      const vfs = new MemoryVfs({
        [`${HG}/bookmarks`]: bytes,
        [`${HG}/bookmarks.current`]: bytes.subarray(41, 60_000),
        [`${HG}/shared`]: bytes.subarray(0, 60_000),
      });
      readBookmarks(vfs, bookmarksFile(vfs, LAYOUT));
      readNames(vfs, LAYOUT);
    },
  },
  {
    name: 'manifest-cache',
    seeds: seeds('manifest-cache'),
    stride: 24,
    run: bytes => {
      const node = seed('manifest-cache', 'one.bin').subarray(0, 20);
      readManifestCache(new MemoryVfs({ [`${HG}/cache`]: bytes }), `${HG}/cache`, node, 1 << 20, emptyCounters());
    },
  },
];

/** Reads packs in which one file is another one. */
function readRemotePacks(bytes: Buffer): void {
  const files = fixtures('seeds', 'remote-packs');
  for (const { file: replaced } of files) {
    const named = files.map(({ file, bytes: own }) => [`/packs/${file}`, file === replaced ? bytes : own] as const);
    const packs = new RemotePacks(new MemoryVfs(Object.fromEntries(named)), '/packs');
    for (const path of ['d/big', 'copied', 'nothing']) tried(() => [...packs.revisions(bytePath(path))].length);
    for (const node of PACKED_NODES) tried(() => void packs.text(node));
  }
}

function readRevlogs(bytes: Buffer): void {
  const data = bytes.subarray(Math.min(bytes.length, 64));
  for (const indexFile of ['/i', '/inline']) {
    // Once as it is, and once as the index of a revlog whose data are in another file.
    const index = Buffer.from(bytes);
    if (indexFile === '/i' && index.length > 4) index[1]! &= 0xfe;
    const vfs = new MemoryVfs({ [indexFile]: index, '/d': data });
    readRevlog(vfs, ending => (ending === '.i' ? indexFile : '/d'));
  }
}

/** Reads a docket with the names of its files, and a whole index behind an intact docket. */
function readRevlogWithDocket(bytes: Buffer): void {
  const docket = seed('revlog-docket', 'changelog-2.bin');
  const [index, data] = ['changelog-2.idx', 'changelog-2.dat'].map(name => seed('revlog-files', name));
  const intact = Buffer.from(docket);
  intact.writeUInt32BE(bytes.length, 10);
  for (const [head, entries] of [
    [bytes, index],
    [intact, bytes],
  ] as const) {
    const files = { '/log.i': head, '/log.idx': entries!, '/log.dat': data! };
    readRevlog(new MemoryVfs(files), ending => `/log${ending.replace(/^-.*\./, '.')}`);
  }
}

function readRevlog(vfs: MemoryVfs, file: (ending: string) => string): void {
  const revlog = new Revlog({ vfs, file, counters: emptyCounters(), keepLastText: true });
  tried(() => {
    const count = revlog.length;
    revlog.findPrefix('1', 3);
    tried(() => void revlog.parents(0, count));
    const graph = new RevisionGraph(revlog);
    for (let revision = count - 1; revision >= Math.max(0, count - 40); revision--) {
      tried(() => void revlog.text(revision));
      tried(() => void graph.commonAncestor(revision, count - 1));
      tried(() => void revlog.findNode(revlog.entry(revision).node, revision >> 1));
    }
  });
}

function readManifests(bytes: Buffer): void {
  const texts = (read: Buffer) => ({
    isTree: false,
    node: '0'.repeat(40),
    read: () => new ManifestText(read, 'manifest'),
  });
  for (const isTree of [false, true]) {
    const before = { ...texts(manifestSeeds[0]!), isTree };
    const after = { ...texts(bytes), isTree, read: (directory: string) => textAt(directory, bytes) };
    tried(() => diffManifests(before, after, {}, () => undefined));
    tried(() => diffManifests(after, before, { paths: [bytePath('d')], equal: true }, () => undefined));
    tried(() => diffManifests(undefined, after, { paths: [bytePath('d/e'), bytePath('a')] }, () => undefined));
  }
  const text = new ManifestText(bytes, 'manifest');
  for (const manifest of [new FlatManifest(text), new TreeManifest('0'.repeat(40), at => textAt(at, bytes))]) {
    for (const at of ['a', 'd/x', 'd/e/z', 'zz', '', '\xff']) tried(() => void manifest.find(bytePath(at)));
    tried(() => [...manifest.entries()].length);
  }
}

/** Directories are empty but one: all with the same text would be as many as there are, to the power of their depth. */
function textAt(directory: string, bytes: Buffer): ManifestText {
  return new ManifestText(directory === '' || directory === 'd' ? bytes : Buffer.alloc(0), `manifest of ${directory}`);
}
