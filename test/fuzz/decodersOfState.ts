// The decoders of merges, names and locks.
import { workingCopyLock } from '../../src/mercurial/repository/lock.ts';
import { decodeMergeState } from '../../src/mercurial/merge/mergeState.ts';
import { readNames } from '../../src/mercurial/repository/names.ts';
import type { Decoder } from './fuzzer.ts';
import { MemoryVfs } from './memoryVfs.ts';
import { seeds, seed, HG, LAYOUT, NUMBERS, LINES, tried } from './decoderInputs.ts';

/** The state of the working copy beside the dirstate. */
export const STATE_DECODERS: readonly Decoder[] = [
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
];

function readMergeState(v1: Buffer | undefined, v2: Buffer | undefined): void {
  const identity = { device: 1n, inode: 1n, size: 1n, mtimeNs: 1n, ctimeNs: 1n };
  const file = (bytes: Buffer | undefined) => (bytes === undefined ? undefined : { bytes, identity });
  const state = decodeMergeState({ v1: file(v1), v2: file(v2) }, HG);
  for (const conflict of state?.conflicts ?? []) {
    if (/(?:^|\/)(?:\.\.|\.hg)(?:\/|$)/.test(conflict.path)) throw new Error('a path that leaves the working copy');
  }
}
