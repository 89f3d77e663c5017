// The decoders of the dirstate, and what is done with what comes out.
import { decodeDocket } from '../../src/mercurial/dirstate/decodeV2.ts';
import { diffDirstates } from '../../src/mercurial/dirstate/diffDirstates.ts';
import type { Dirstate } from '../../src/mercurial/dirstate/dirstate.ts';
import { agreeOnV1, agreeOnV2 } from '../support/nativeDecoders.ts';
import type { Decoder } from './fuzzer.ts';
import { seeds, seed, dirstateOf } from './decoderInputs.ts';

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
  uid: 0,
  gid: 0,
} as const;

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

/** The dirstate in both formats. */
export const DIRSTATE_DECODERS: readonly Decoder[] = [
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
];
