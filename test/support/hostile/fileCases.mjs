// Files of the repository that are no files, that lead elsewhere, or that are too large.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const FOUR_GIGABYTES = 4 * 2 ** 30;

/** The files under .hg that every status reads, and what else may be there instead of each. */
const READ_FILES = ['requires', 'dirstate', 'hgrc', 'store/00changelog.i', 'branch', 'bookmarks.current', 'wlock'];

export const fileCases = [
  ...READ_FILES.map(name => ({
    name: `fifo-${path.basename(name).replace('.i', '')}`,
    provokes: `a fifo as .hg/${name}`,
    make: w => w.fifo(`.hg/${name}`),
  })),
  ...READ_FILES.map(name => ({
    name: `device-${path.basename(name).replace('.i', '')}`,
    provokes: `a device without end as .hg/${name}`,
    make: w => w.link(`.hg/${name}`, '/dev/zero'),
  })),
  ...['requires', 'hgrc', 'store/00changelog.i', 'branch', 'bookmarks.current'].map(name => ({
    name: `huge-${path.basename(name).replace('.i', '')}`,
    provokes: `.hg/${name} of four gigabytes`,
    make: w => w.sparse(`.hg/${name}`, FOUR_GIGABYTES),
  })),
  {
    name: 'fifo-subrepositories',
    provokes: 'a fifo as .hgsub and .hgsubstate',
    make: w => {
      w.fifo('.hgsub');
      w.fifo('.hgsubstate');
    },
  },
  {
    name: 'merge-state',
    provokes: 'a merge state with a record of four gigabytes',
    make: w => w.write('.hg/merge/state2', Buffer.from('L\xff\xff\xff\xf0abc', 'latin1')),
  },
  {
    name: 'lock-process',
    provokes: 'a lock of a process of this host whose number is out of range',
    make: w => {
      const space = /\d+/.exec(fs.readlinkSync('/proc/self/ns/pid'))[0];
      w.link('.hg/wlock', `${os.hostname()}/${Number(space).toString(16)}:4294967296`);
    },
  },
  {
    name: 'directory-lock',
    provokes: 'a directory as .hg/wlock',
    make: w => fs.mkdirSync(w.at('.hg/wlock')),
  },
  {
    name: 'directory-dirstate',
    provokes: 'a directory as dirstate',
    make: w => {
      w.remove('.hg/dirstate');
      fs.mkdirSync(w.at('.hg/dirstate'));
    },
  },
  {
    name: 'link-control',
    provokes: '.hg as a symbolic link to elsewhere',
    make: w => {
      fs.mkdirSync(w.outside);
      fs.renameSync(w.at('.hg'), path.join(w.outside, 'hg'));
      fs.symlinkSync(path.join(w.outside, 'hg'), w.at('.hg'));
    },
  },
  {
    name: 'link-loop',
    provokes: '.hg as a symbolic link to itself',
    make: w => {
      w.remove('.hg');
      fs.symlinkSync('.hg', w.at('.hg'));
    },
  },
  {
    name: 'share-of-itself',
    provokes: 'a share of itself',
    make: w => {
      w.patch('.hg/requires', bytes => Buffer.concat([bytes, Buffer.from('shared\n')]));
      w.write('.hg/sharedpath', w.at('.hg'));
    },
  },
  {
    name: 'share-of-device',
    provokes: 'a share of a device',
    make: w => {
      w.patch('.hg/requires', bytes => Buffer.concat([bytes, Buffer.from('shared\n')]));
      w.write('.hg/sharedpath', '/dev/zero');
    },
  },
  { name: 'tracked-fifo', provokes: 'a fifo as tracked file', make: w => w.fifo('clean.txt') },
  {
    name: 'tracked-device',
    provokes: 'a symbolic link to a device as tracked file',
    make: w => w.link('clean.txt', '/dev/zero'),
  },
  {
    name: 'tracked-outside',
    provokes: 'a symbolic link to elsewhere in place of the directory of a tracked file',
    make: w => {
      w.writeOutside('deep.txt', 'deep\n');
      w.link('sub', w.outside);
    },
  },
  {
    name: 'tracked-huge',
    provokes: 'a tracked file of a terabyte whose recorded size is not known',
    make: w => {
      w.dirstateV1([
        { name: 'clean.txt', size: -1 },
        { name: 'changed.txt', size: 7 },
        { name: 'sub/deep.txt', size: 5 },
      ]);
      w.sparse('clean.txt', 2 ** 40);
    },
  },
  {
    name: 'unreadable-control',
    provokes: '.hg that may not be entered',
    // The program that removes the workspace may not enter it either.
    editor: false,
    skip: () => (process.getuid?.() === 0 ? 'nothing is forbidden to root' : false),
    make: w => fs.chmodSync(w.at('.hg'), 0),
  },
];
