// The most memory and time that the small files of a repository can cost, as costs.test.ts says. A process of its own.
import { Branches } from '../../../src/mercurial/history/branches.ts';
import { KnownBranches } from '../../../src/mercurial/history/knownBranches.ts';
import { isBranchTip } from '../../../src/mercurial/history/branchTip.ts';
import { visibility } from '../../../src/mercurial/history/hidden.ts';
import type { RevisionGraph } from '../../../src/mercurial/history/revisionGraph.ts';
import { readLocalTags } from '../../../src/mercurial/history/tags.ts';
import { workingCopyLock } from '../../../src/mercurial/repository/lock.ts';
import { readNames } from '../../../src/mercurial/repository/names.ts';
import { readLayout } from '../../../src/mercurial/repository/requirements.ts';
import type { Changelog } from '../../../src/mercurial/store/changelog.ts';
import type { Store } from '../../../src/mercurial/store/store.ts';
import { HG, LAYOUT } from '../../fuzz/decoderInputs.ts';
import { MemoryVfs } from '../../fuzz/memoryVfs.ts';
import { nodeOf, repeated, testCosts } from '../../support/costs.ts';

const vfsOf = (file: string, bytes: Buffer): MemoryVfs => new MemoryVfs({ [file]: bytes });

/** A history of two changesets, which all lines of a cache name. */
const HISTORY = {
  revlog: {
    length: 2,
    entry: (revision: number) => ({ node: Buffer.from(nodeOf(revision), 'hex') }),
    findNodes: (nodes: Iterable<string>) => new Map([...nodes].map(node => [node, 0])),
  },
  read: () => ({ branch: 'default', closesBranch: false, files: [] }),
} as unknown as Changelog;
const STORE = { changelog: HISTORY } as unknown as Store;
const GRAPH = { length: 2, parents: () => [] } as unknown as RevisionGraph;
const NO_HISTORY = { changelog: { revlog: { length: 0 } } } as unknown as Store;
const NO_GRAPH = { length: 0, parents: () => [] } as unknown as RevisionGraph;

/** Markers of one version, each with another predecessor. */
function markers(version: 0 | 1, count: number): Buffer {
  const length = version === 0 ? 26 : 39;
  const bytes = Buffer.alloc(1 + count * length);
  bytes[0] = version;
  for (let i = 0; i < count; i++) {
    const at = 1 + i * length;
    if (version === 1) bytes.writeUInt32BE(length, at);
    bytes.writeUInt32BE(i, at + (version === 0 ? 6 : 19));
  }
  return bytes;
}

const branchCache = repeated(60_000, i => (i === 0 ? `${nodeOf(1)} 1\n` : `${nodeOf(1)} o ${i.toString(36)}\n`));
const longLines = Buffer.alloc(4 << 20, ' ');

testCosts([
  ...([0, 1] as const).map(version => ({
    what: `obsolescence markers of version ${version}`,
    bytes: markers(version, 120_000),
    run: (bytes: Buffer) => visibility(vfsOf('/s/obsstore', bytes), '/s', NO_HISTORY, NO_GRAPH, () => []),
    factor: 12,
  })),
  {
    what: 'the cache of branches: many of them',
    bytes: branchCache,
    run: bytes => {
      const vfs = vfsOf('/c/branch2-served', bytes);
      const known = new KnownBranches(vfs, STORE.changelog, '/c');
      return new Branches(STORE, GRAPH, vfs, '/c', () => new Set(), known).find('default');
    },
    factor: 24,
  },
  {
    what: 'the cache of branches: heads of one',
    bytes: repeated(60_000, i => (i === 0 ? `${nodeOf(0)} 0\n` : `${nodeOf(i)} o default\n`)),
    run: bytes =>
      isBranchTip(vfsOf('/c/branch2-served', bytes), HISTORY, '/c', 0, { branch: 'default', closesBranch: false }),
    factor: 12,
  },
  {
    what: 'local tags',
    bytes: repeated(60_000, i => `${nodeOf(i)} ${i.toString(36)}\n`),
    run: bytes => readLocalTags(vfsOf(`${HG}/localtags`, bytes), `${HG}/localtags`, () => true),
    factor: 20,
  },
  {
    what: 'the active bookmark among many',
    bytes: repeated(100_000, i => `${nodeOf(i)} ${i.toString(36)}\n`),
    run: bytes =>
      readNames(new MemoryVfs({ [`${HG}/bookmarks`]: bytes, [`${HG}/bookmarks.current`]: Buffer.from('no') }), LAYOUT),
    factor: 2,
  },
  ...['branch', 'topic', 'bookmarks.current'].map(name => ({
    what: `a ${name} file that is too large`,
    bytes: longLines,
    run: (bytes: Buffer) => readNames(vfsOf(`${HG}/${name}`, bytes), LAYOUT),
    factor: 1,
    rejected: /too large/,
  })),
  {
    what: 'a lock that is too large',
    bytes: longLines,
    run: bytes => workingCopyLock(vfsOf(`${HG}/wlock`, bytes), HG, { host: 'h', isAlive: () => true }),
    factor: 1,
  },
  {
    what: 'requirements that are too large',
    bytes: longLines,
    run: bytes => readLayout(vfsOf(`${HG}/requires`, bytes), HG),
    factor: 1,
    rejected: /too large/,
  },
]);
