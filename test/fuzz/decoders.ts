// Every decoder of Mercurial's files with inputs that the real program wrote, and what is done with what comes out.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bytePath } from '../../src/base/bytePath.ts';
import { loadConfig } from '../../src/mercurial/config/hgConfig.ts';
import { decodeDocket } from '../../src/mercurial/dirstate/decodeV2.ts';
import { diffDirstates } from '../../src/mercurial/dirstate/diffDirstates.ts';
import type { Dirstate } from '../../src/mercurial/dirstate/dirstate.ts';
import { readDirstate } from '../../src/mercurial/dirstate/readDirstate.ts';
import { readBookmarks } from '../../src/mercurial/history/bookmarks.ts';
import { Branches } from '../../src/mercurial/history/branches.ts';
import { hiddenRevisions } from '../../src/mercurial/history/hidden.ts';
import { diffManifests } from '../../src/mercurial/history/manifestDiff.ts';
import { RevisionGraph } from '../../src/mercurial/history/revisionGraph.ts';
import { mergeTag, parseTags, readLocalTags } from '../../src/mercurial/history/tags.ts';
import { configuredIgnoreFiles } from '../../src/mercurial/ignore/configuredIgnoreFiles.ts';
import { loadIgnoreRules } from '../../src/mercurial/ignore/ignoreRules.ts';
import { isBranchTip } from '../../src/mercurial/branchTip.ts';
import { workingCopyLock } from '../../src/mercurial/lock.ts';
import { decodeMergeState } from '../../src/mercurial/mergeState.ts';
import { bookmarksFile, readNames } from '../../src/mercurial/names.ts';
import { PhaseFinder, readPhaseRoots } from '../../src/mercurial/phases.ts';
import { readLayout } from '../../src/mercurial/requirements.ts';
import { parseChangeset } from '../../src/mercurial/store/changelog.ts';
import { decodeChunk } from '../../src/mercurial/store/chunk.ts';
import { emptyCounters } from '../../src/mercurial/store/counters.ts';
import { PatchedText } from '../../src/mercurial/store/delta.ts';
import { parseFileText, parseLargeFilePointer } from '../../src/mercurial/store/filelog.ts';
import { FlatManifest, ManifestText, TreeManifest } from '../../src/mercurial/store/manifest.ts';
import { readManifestCache } from '../../src/mercurial/store/manifestCache.ts';
import { Revlog } from '../../src/mercurial/store/revlog.ts';
import { openStore, type Store } from '../../src/mercurial/store/store.ts';
import { subrepositories, subrepositoryPaths } from '../../src/mercurial/subrepos.ts';
import type { HgEnvironment } from '../../src/mercurial/config/environment.ts';
import { QuicksilverError } from '../../src/base/errors.ts';
import { agreeOnV1, agreeOnV2 } from '../support/nativeDecoders.ts';
import { dirstateBytes } from './seedDirstate.ts';
import type { Decoder } from './fuzzer.ts';
import { MemoryVfs } from './memoryVfs.ts';

const FIXTURES = path.join(import.meta.dirname, '..', 'fixtures');
const ROOT = '/r';
const HG = '/r/.hg';
const TRAITS = { executableBit: true, symlinks: true };

/** Files below `test/fixtures/<kind>/<name>`, in order. */
export function fixtures(kind: 'seeds' | 'hostile', name: string): { readonly file: string; readonly bytes: Buffer }[] {
  const folder = path.join(FIXTURES, kind, name);
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .sort()
    .map(file => ({ file, bytes: fs.readFileSync(path.join(folder, file)) }));
}

function seeds(...names: readonly string[]): Buffer[] {
  const found = names.flatMap(name => fixtures('seeds', name).map(({ bytes }) => bytes));
  if (found.length === 0) throw new Error(`no seeds for ${names.join(', ')}`);
  return found;
}

function seed(name: string, file: string): Buffer {
  return fs.readFileSync(path.join(FIXTURES, 'seeds', name, file));
}

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

const LAYOUT = {
  hgDirectory: HG,
  sharedSource: undefined,
  storeDirectory: `${HG}/store`,
  requirements: new Set(['revlogv1', 'store']),
  files: [],
};

const ENVIRONMENT: HgEnvironment = {
  variables: { HGRCPATH: '', HOME: '/home/me' },
  platform: 'linux',
  homeDirectory: '/home/me',
  userId: undefined,
};

/** Everything that is recorded is looked at, and found again by its path. */
function walk(dirstate: Dirstate): void {
  const pending = [0];
  let seen = 0;
  let looked = 0;
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen++ > dirstate.nodeCount) throw new Error('more nodes than there are');
    const first = dirstate.firstChild(node);
    for (let child = first; child < first + dirstate.childCount(node); child++) pending.push(child);
    if (node === 0) continue;
    const at = dirstate.path(node);
    dirstate.kind(node);
    dirstate.copySource(node);
    dirstate.compareStat(node, STAT);
    if (looked++ < 100 && dirstate.find(at) !== node) throw new Error(`${JSON.stringify(at)} is not found again`);
  }
}

const STAT = {
  kind: 'file',
  size: 1,
  executable: false,
  mtimeSeconds: 1,
  mtimeNanoseconds: 1,
  ctimeNs: 1n,
  inode: 1n,
  device: 1n,
} as const;

function dirstateOf(files: Readonly<Record<string, Buffer>>): Dirstate {
  const named = Object.entries(files).map(([name, bytes]) => [`${HG}/${name}`, bytes] as const);
  return readDirstate(new MemoryVfs(Object.fromEntries(named)), HG, {
    traits: TRAITS,
    windowsNames: false,
    parentExists: () => true,
  });
}

/** The docket of the seeds, for data of another length. */
function docketFor(data: Buffer): Buffer {
  const docket = Buffer.from(seed('docket', 'merge.bin'));
  docket.writeUInt32BE(data.length, 120);
  return docket;
}

function dataFileOf(docket: Buffer): string {
  return `dirstate.${docket.toString('latin1', 125, 125 + docket[124]!)}`;
}

const DOCKET = seed('docket', 'merge.bin');
const DATA = seed('dirstate-v2', 'merge.bin');
const DATA_FILE = dataFileOf(DOCKET);
const V1 = dirstateOf({ dirstate: seed('dirstate-v1', 'plain.bin') });
const V2 = dirstateOf({ dirstate: DOCKET, [DATA_FILE]: DATA });
const TRACKS_SUBREPOSITORIES = dirstateOf({ dirstate: dirstateBytes(['.hgsub', '.hgsubstate', 'a']) });
const NUMBERS = ['0', '-1', '4294967296', '9'.repeat(400), '1e9', '0x10', ' '];
const LINES = ['\n', '\r\n', '\0', ' ', '\t', '\xff', '\xe2\x80\xa8'];

const delta = fixtures('seeds', 'delta');
const manifestSeeds = fixtures('seeds', 'manifest').map(({ bytes }) => bytes);
const { store, vfs: storeVfs } = smallStore();
const TIP = store.changelog.revlog.length - 1;
const NODES = Array.from({ length: TIP + 1 }, (_, revision) =>
  store.changelog.revlog.entry(revision).node.toString('hex'),
);

/** As the callers of a decoder do: what is refused is no result, and the next thing is tried. */
function tried(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof QuicksilverError)) throw error;
  }
}

export const DECODERS: readonly Decoder[] = [
  {
    name: 'dirstate-v1',
    seeds: seeds('dirstate-v1'),
    tokens: ['n', 'a', 'r', 'm', '\0', '/', '..', '.hg', '\xff\xff\xff\xff', '\xff\xff\xff\xfe', 'd/e/'],
    run: bytes => {
      agreeOnV1(bytes);
      agreeOnV1(bytes, true);
      const dirstate = dirstateOf({ dirstate: bytes });
      walk(dirstate);
      diffDirstates(V1, dirstate, () => undefined);
      diffDirstates(dirstate, V1, () => undefined);
    },
  },
  {
    name: 'docket',
    seeds: seeds('docket'),
    tokens: ['dirstate-v2\n', '../x', '\0', '/'],
    maxLength: 2000,
    run: bytes => walk(dirstateOf({ dirstate: bytes, [DATA_FILE]: DATA })),
  },
  {
    name: 'dirstate-v2',
    seeds: seeds('dirstate-v2'),
    stride: 44,
    run: bytes => {
      agreeOnV2(bytes, decodeDocket(docketFor(bytes), 'docket'));
      const dirstate = dirstateOf({ dirstate: docketFor(bytes), [DATA_FILE]: bytes });
      walk(dirstate);
      diffDirstates(V2, dirstate, () => undefined);
      diffDirstates(dirstate, V1, () => undefined);
    },
  },
  {
    name: 'requires',
    seeds: seeds('requires'),
    tokens: ['shared\n', 'relshared\n', 'share-safe\n', 'store\n', 'dirstate-v2', ...LINES],
    run: bytes => {
      const vfs = new MemoryVfs({
        [`${HG}/requires`]: bytes,
        [`${HG}/store/requires`]: bytes,
        [`${HG}/sharedpath`]: '/source/.hg\n',
        '/source/.hg/requires': bytes,
        '/source/.hg/store/requires': bytes,
      });
      readLayout(vfs, HG);
    },
  },
  {
    name: 'sharedpath',
    seeds: seeds('sharedpath'),
    tokens: ['/', '..', '../', '\xc3\xa9', ...LINES],
    run: bytes => {
      for (const requirement of ['shared', 'relshared']) {
        const vfs = new MemoryVfs({
          [`${HG}/requires`]: `${requirement}\nstore\nrevlogv1\n`,
          [`${HG}/sharedpath`]: bytes,
          '/source/.hg/requires': 'store\n',
        });
        tried(() => void readLayout(vfs, HG));
      }
    },
  },
  {
    name: 'hgrc',
    seeds: seeds('hgrc'),
    tokens: [
      '%include ',
      '%include hgrc\n',
      '%unset ',
      '[',
      ']',
      '=',
      '[ui]\n',
      'ignore',
      '$HOME',
      '${',
      '~',
      '#',
      ...LINES,
    ],
    run: bytes => {
      const vfs = new MemoryVfs({ [`${HG}/hgrc`]: bytes, [`${HG}/other`]: '[ui]\nx = y\n' });
      const config = loadConfig(vfs, { ...ENVIRONMENT, userId: 12345 }, { hgDirectory: HG });
      config.items('encode');
      config.isExtensionEnabled('eol');
      const own = loadConfig(vfs, ENVIRONMENT, { hgDirectory: HG });
      for (const section of ['ui', 'extensions', 'encode', 'trusted']) own.items(section);
      own.isExtensionEnabled('eol');
      tried(() => void own.boolean('ui', 'relative', false));
      configuredIgnoreFiles(ROOT, own, ENVIRONMENT);
    },
  },
  {
    name: 'hgignore',
    seeds: seeds('hgignore'),
    tokens: [
      ...[
        'syntax: glob\n',
        'syntax: regexp\n',
        'syntax: rootglob\n',
        'include:.hgignore\n',
        'subinclude:d/.hgignore\n',
      ],
      ...[
        '(?:',
        '(?=',
        '(?!',
        '(?<=',
        '(?P<a>',
        '(?P=a)',
        '(?(1)',
        '\\1',
        '(',
        ')',
        '[',
        '[^',
        ']',
        '{',
        '}',
        '{1,1000}',
      ],
      ...[
        '*',
        '+',
        '?',
        '*?',
        '**',
        '**/',
        '/',
        '\\',
        '\\x41',
        '\\Z',
        '\\b',
        '(?i)',
        '|',
        '.*',
        '(a+)+',
        '$',
        '^',
        '#',
        ...LINES,
      ],
    ],
    run: bytes => {
      const vfs = new MemoryVfs({ [`${ROOT}/.hgignore`]: bytes, [`${ROOT}/d/.hgignore`]: bytes.subarray(0, 500) });
      const { matcher } = loadIgnoreRules(vfs, { root: ROOT, ignoreFiles: [`${ROOT}/.hgignore`] });
      for (const at of IGNORED) matcher.explainIgnored(bytePath(at));
    },
    maxLength: 20_000,
  },
  {
    name: 'revlog',
    seeds: seeds('revlog'),
    stride: 64,
    run: bytes => readRevlogs(bytes),
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
    name: 'merge-v1',
    seeds: seeds('merge-v1'),
    tokens: ['\0', 'u', 'r', 'pu', '0'.repeat(40), '..', '.hg', ...LINES],
    run: bytes => readMergeState(bytes, undefined),
  },
  {
    name: 'merge-v2',
    seeds: seeds('merge-v2'),
    tokens: ['L\0\0\0\x28', 'F', 't', 'C', 'P', 'f', '\0', 'pu', '\xff\xff\xff\xff', '0'.repeat(40), '../'],
    run: bytes => {
      tried(() => readMergeState(undefined, bytes));
      readMergeState(seed('merge-v1', 'merge.bin'), bytes);
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
    name: 'names',
    seeds: seeds('names'),
    tokens: ['\xc3\xa9', ...LINES],
    run: bytes => {
      const files = ['branch', 'topic', 'bookmarks.current', 'shared'].map(name => [`${HG}/${name}`, bytes]);
      readNames(
        new MemoryVfs({ ...(Object.fromEntries(files) as Record<string, Buffer>), [`${HG}/bookmarks`]: bytes }),
        LAYOUT,
      );
    },
  },
  {
    name: 'lock',
    seeds: seeds('lock'),
    tokens: [':', '/', ...NUMBERS, ...LINES],
    run: bytes => {
      workingCopyLock(new MemoryVfs({ [`${HG}/wlock`]: bytes }), HG, { host: 'host/4026531836', isAlive: () => false });
    },
  },
  {
    name: 'phases',
    seeds: seeds('phases'),
    tokens: ['0 ', '1 ', '2 ', '32 ', '96 ', '0'.repeat(40), ...NODES, ...NUMBERS, ...LINES],
    run: bytes => {
      storeVfs.write(`${HG}/store/phaseroots`, bytes);
      const roots = readPhaseRoots(storeVfs, `${HG}/store`);
      const finder = new PhaseFinder(store.changelog);
      for (let revision = 0; revision <= TIP; revision++) finder.phaseOf(revision, roots);
      storeVfs.write(`${HG}/store/obsstore`, Buffer.alloc(0));
      hiddenRevisions(storeVfs, `${HG}/store`, store, new RevisionGraph(store.changelog.revlog), () => [TIP]);
    },
  },
  {
    name: 'obsolete',
    seeds: seeds('obsolete'),
    run: bytes => {
      storeVfs.write(`${HG}/store/obsstore`, bytes);
      storeVfs.write(`${HG}/store/phaseroots`, Buffer.from(`1 ${NODES[0]!}\n`));
      hiddenRevisions(storeVfs, `${HG}/store`, store, new RevisionGraph(store.changelog.revlog), () => [TIP]);
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
      const branches = new Branches(store, graph, storeVfs, `${HG}/cache`, () => new Set());
      for (const name of ['default', 'stable', 'nosuch']) branches.find(name);
      isBranchTip(storeVfs, store.changelog, `${HG}/cache`, TIP - 1, { branch: 'default', closesBranch: false });
    },
  },
  {
    name: 'hgsub',
    seeds: seeds('hgsub'),
    tokens: ['=', '[', ']', '[git]', '[svn]', '..', '.hg', '/', '%include x\n', '%unset sub\n', ...LINES],
    run: bytes => {
      const vfs = new MemoryVfs({ [`${ROOT}/.hgsub`]: bytes, [`${ROOT}/.hgsubstate`]: seed('hgsubstate', 'two.bin') });
      subrepositoryPaths(vfs, ROOT, TRACKS_SUBREPOSITORIES);
      subrepositories(vfs, ROOT, TRACKS_SUBREPOSITORIES);
    },
  },
  {
    name: 'hgsubstate',
    seeds: seeds('hgsubstate'),
    tokens: ['0'.repeat(40), 'sub', ...LINES],
    run: bytes => {
      const vfs = new MemoryVfs({ [`${ROOT}/.hgsub`]: seed('hgsub', 'two.bin'), [`${ROOT}/.hgsubstate`]: bytes });
      subrepositories(vfs, ROOT, TRACKS_SUBREPOSITORIES);
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

const IGNORED = ['a.o', 'd/e/z', 'build/x/y.pyc', 'Thumbs.db', 'a'.repeat(300), `${'ab/'.repeat(60)}x`, '\xff.\xfe'];

function readRevlogs(bytes: Buffer): void {
  const data = bytes.subarray(Math.min(bytes.length, 64));
  for (const indexFile of ['/i', '/inline']) {
    // Once as it is, and once as the index of a revlog whose data are in another file.
    const index = Buffer.from(bytes);
    if (indexFile === '/i' && index.length > 4) index[1]! &= 0xfe;
    const vfs = new MemoryVfs({ [indexFile]: index, '/d': data });
    const revlog = new Revlog({ vfs, indexFile, dataFile: '/d', counters: emptyCounters(), keepLastText: true });
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

function readMergeState(v1: Buffer | undefined, v2: Buffer | undefined): void {
  const identity = { device: 1n, inode: 1n, size: 1n, mtimeNs: 1n, ctimeNs: 1n };
  const file = (bytes: Buffer | undefined) => (bytes === undefined ? undefined : { bytes, identity });
  const state = decodeMergeState({ v1: file(v1), v2: file(v2) }, HG);
  for (const conflict of state?.conflicts ?? []) {
    if (/(?:^|\/)(?:\.\.|\.hg)(?:\/|$)/.test(conflict.path)) throw new Error('a path that leaves the working copy');
  }
}
