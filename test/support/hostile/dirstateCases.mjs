// Dirstates of both versions that lie about counts, offsets, sizes and names.
import fs from 'node:fs';

const NODE_LENGTH = 44;
/** Where in a node of version 2 the number is. */
const FIELDS = { pathOffset: 0, pathLength: 4, baseStart: 6, copyOffset: 8, childrenOffset: 14, childrenCount: 18 };

/** Sets a number in the first root node of the data file. */
function setInFirstNode(workshop, field, value) {
  const at = workshop.rootOffset + FIELDS[field];
  workshop.patch(workshop.dataFile, bytes => {
    if (field === 'pathLength' || field === 'baseStart') bytes.writeUInt16BE(value, at);
    else bytes.writeUInt32BE(value, at);
  });
}

export const dirstateCases = [
  {
    name: 'v1-name-length',
    provokes: 'a name longer than the file',
    make: w => w.dirstateV1([{ name: 'clean.txt', length: 0x7fff_ffff }]),
  },
  {
    name: 'v1-negative-length',
    provokes: 'a name of negative length',
    make: w => w.dirstateV1([{ name: 'clean.txt', length: -1 }]),
  },
  {
    name: 'v1-unknown-state',
    provokes: 'an entry in a state that there is not',
    make: w => w.dirstateV1([{ name: 'clean.txt', state: 'z' }]),
  },
  { name: 'v1-parent-directory', provokes: '".." in a name', make: w => w.dirstateV1([{ name: 'sub/../../secret' }]) },
  { name: 'v1-absolute', provokes: 'an absolute name', make: w => w.dirstateV1([{ name: '/etc/passwd' }]) },
  { name: 'v1-nul', provokes: 'two NULs in a name', make: w => w.dirstateV1([{ name: 'a\0b\0../secret' }]) },
  { name: 'v1-copy-outside', provokes: 'a copy of "../secret"', make: w => w.dirstateV1([{ name: 'a\0../secret' }]) },
  { name: 'v1-empty-component', provokes: 'an empty name', make: w => w.dirstateV1([{ name: 'sub//deep.txt' }]) },
  { name: 'v1-control', provokes: 'a tracked file in .hg', make: w => w.dirstateV1([{ name: '.hg/hgrc' }]) },
  {
    name: 'v1-deep-name',
    provokes: 'a name of 4,000 directories',
    make: w => w.dirstateV1([{ name: `${'d/'.repeat(4000)}f` }]),
  },
  {
    name: 'v1-many-directories',
    provokes: 'twenty names of 2,000 directories each',
    make: w => w.dirstateV1(Array.from({ length: 20 }, (_, i) => ({ name: `${i}/${'d/'.repeat(2000)}f` }))),
  },
  {
    name: 'v1-long-name',
    provokes: 'a name of 65,536 bytes',
    make: w => w.dirstateV1([{ name: 'n'.repeat(65_536) }]),
  },
  { name: 'v1-huge', provokes: 'a dirstate of four gigabytes', make: w => w.sparse('.hg/dirstate', 4 * 2 ** 30) },
  {
    name: 'v2-root-offset',
    provokes: 'root nodes behind the end of the data',
    format: 'v2',
    make: w => w.patch('.hg/dirstate', bytes => void bytes.writeUInt32BE(0xffff_fff0, 76)),
  },
  {
    name: 'v2-root-count',
    provokes: 'four thousand million root nodes',
    format: 'v2',
    make: w => w.patch('.hg/dirstate', bytes => void bytes.writeUInt32BE(0xffff_ffff, 80)),
  },
  {
    name: 'v2-used-size',
    provokes: 'a docket that says four gigabytes of data',
    format: 'v2',
    make: w => w.patch('.hg/dirstate', bytes => void bytes.writeUInt32BE(0xffff_ffff, 120)),
  },
  {
    name: 'v2-used-size-there',
    provokes: 'four gigabytes of data',
    format: 'v2',
    make: w => {
      w.patch('.hg/dirstate', bytes => void bytes.writeUInt32BE(0xffff_ffff, 120));
      fs.truncateSync(w.at(w.dataFile), 4 * 2 ** 30);
    },
  },
  {
    name: 'v2-data-id',
    provokes: 'a docket that names a data file elsewhere',
    format: 'v2',
    make: w =>
      w.patch('.hg/dirstate', bytes => {
        const id = Buffer.from('/../../../secret');
        return Buffer.concat([bytes.subarray(0, 124), Buffer.from([id.length]), id]);
      }),
  },
  {
    name: 'v2-cycle',
    provokes: 'a node that is its own child',
    format: 'v2',
    make: w => {
      setInFirstNode(w, 'childrenOffset', w.rootOffset);
      setInFirstNode(w, 'childrenCount', 1);
    },
  },
  {
    name: 'v2-children-count',
    provokes: 'four thousand million children',
    format: 'v2',
    make: w => {
      setInFirstNode(w, 'childrenOffset', w.rootOffset + NODE_LENGTH);
      setInFirstNode(w, 'childrenCount', 0xffff_ffff);
    },
  },
  {
    name: 'v2-name-outside',
    provokes: 'a name behind the end of the data',
    format: 'v2',
    make: w => setInFirstNode(w, 'pathOffset', 0xffff_ff00),
  },
  {
    name: 'v2-base-name',
    provokes: 'a base name that begins behind the path',
    format: 'v2',
    make: w => setInFirstNode(w, 'baseStart', 0xffff),
  },
  {
    name: 'v2-nul',
    provokes: 'a NUL in a name',
    format: 'v2',
    make: w =>
      w.patch(w.dataFile, bytes => {
        bytes.write('chan\0ed.txt', bytes.indexOf('changed.txt'), 'latin1');
      }),
  },
  {
    name: 'v2-parent-directory',
    provokes: '".." for the name of a directory',
    format: 'v2',
    make: w => {
      const data = w.read(w.dataFile);
      const at = data.indexOf('sub/deep.txt');
      // The name of the directory is the beginning of the file's: two bytes of it, and both are ".." then.
      w.patch(w.dataFile, bytes => void bytes.write('../', at, 'latin1'));
    },
  },
];
