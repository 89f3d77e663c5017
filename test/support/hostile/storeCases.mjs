// Histories that unpack to more than there is room for, or that name what is not in them.
import { deflateSync } from 'node:zlib';
import { delta, zstdBomb } from './hostileTools.mjs';

const CLEAN = 'data/clean.txt.i';
const MEGABYTE = 1 << 20;

/** Replaces the revlog of clean.txt; the manifest names its old node, which the last revision is given. */
function cleanText(w, revisions) {
  const node = w.nodeOf(CLEAN);
  const last = { ...revisions.at(-1), node };
  w.revlog(CLEAN, [...revisions.slice(0, -1), last]);
}

const zeros = megabytes => deflateSync(Buffer.alloc(megabytes * MEGABYTE));

export const storeCases = [
  {
    name: 'zlib-bomb',
    provokes: 'six bytes that unpack to half a gigabyte (zlib)',
    make: w => cleanText(w, [{ chunk: zeros(512), fullLength: 6 }]),
  },
  {
    name: 'zlib-bomb-declared',
    provokes: 'a text of two gigabytes (zlib), stated as such',
    make: w => cleanText(w, [{ chunk: zeros(512), fullLength: 0x7fff_ffff }]),
  },
  {
    name: 'zlib-bomb-unstated',
    provokes: 'a text of half a gigabyte (zlib) of no stated length',
    make: w => cleanText(w, [{ chunk: zeros(512), fullLength: -1 }]),
  },
  {
    name: 'zstd-bomb',
    provokes: 'six bytes that unpack to 128 gigabytes (zstd)',
    make: w => cleanText(w, [{ chunk: zstdBomb(1 << 20), fullLength: 6 }]),
  },
  {
    name: 'zstd-bomb-unstated',
    provokes: '128 gigabytes (zstd) of no stated length',
    make: w => cleanText(w, [{ chunk: zstdBomb(1 << 20), fullLength: -1 }]),
  },
  {
    name: 'chain-growing',
    provokes: 'a chain of 400 deltas that each add ten megabytes, of no stated length',
    make: w => {
      const chunk = deflateSync(delta(0, 0, Buffer.alloc(10 * MEGABYTE)));
      const revisions = Array.from({ length: 400 }, (_, i) => ({ chunk, base: Math.max(0, i - 1), fullLength: -1 }));
      cleanText(w, [{ text: Buffer.from('clean\n') }, ...revisions.slice(1)]);
    },
  },
  {
    name: 'chain-long',
    provokes: 'a chain of 200,000 deltas that change nothing',
    make: w => {
      const chunk = delta(0, 1, Buffer.from('c'));
      const revisions = Array.from({ length: 200_000 }, (_, i) => ({ chunk, base: Math.max(0, i - 1), fullLength: 6 }));
      cleanText(w, [{ text: Buffer.from('clean\n') }, ...revisions.slice(1)]);
    },
  },
  {
    name: 'chain-forward',
    provokes: 'a delta against a revision that comes later',
    make: w => cleanText(w, [{ text: Buffer.from('clean\n'), base: 5 }]),
  },
  {
    name: 'delta-outside',
    provokes: 'a delta that replaces bytes behind the end',
    make: w =>
      cleanText(w, [{ text: Buffer.from('clean\n') }, { chunk: delta(2, 0xffff_fff0, Buffer.from('x')), base: 0 }]),
  },
  {
    name: 'chunk-length',
    provokes: 'a chunk of two gigabytes',
    make: w => cleanText(w, [{ text: Buffer.from('clean\n'), compressedLength: 0x7fff_ffff }]),
  },
  {
    name: 'parent-forward',
    provokes: 'a revision that is its own parent',
    make: w => cleanText(w, [{ text: Buffer.from('clean\n'), p1: 0 }]),
  },
  {
    name: 'manifest-outside',
    provokes: 'a manifest with ".." and absolute names',
    catArguments: ['glob:**'],
    make: w => {
      const node = w.nodeOf(CLEAN).toString('hex');
      w.history(Buffer.from(`../secret\0${node}\n/etc/passwd\0${node}\nclean.txt\0${node}\n`, 'latin1'));
    },
  },
  {
    name: 'manifest-unordered',
    provokes: 'a manifest out of order, with a name twice',
    catArguments: ['glob:**'],
    make: w => {
      const node = w.nodeOf(CLEAN).toString('hex');
      w.history(Buffer.from(`z\0${node}\nclean.txt\0${node}\nclean.txt\0${node}\n`, 'latin1'));
    },
  },
  {
    name: 'manifest-without-end',
    provokes: 'a manifest without line ends or nodes',
    make: w => w.history(Buffer.alloc(MEGABYTE, 'clean.txt')),
  },
  {
    name: 'store-missing',
    provokes: 'no history at all',
    make: w => w.remove('.hg/store'),
  },
];
