// The abilities that each type of file system has, by the files that Mercurial left in `.hg`. The rows of exFAT are what hg
// 6.3.2 does there; `fileSystems.test.ts` compares them where it can mount one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileSystemTraits } from '../../../../src/mercurial/repository/traits.ts';
import { temporaryDirectory } from '../../../support/temporaryDirectory.ts';
import { TypedVfs } from '../../../support/typedVfs.ts';

const FOREIGN = {
  FAT: 0x4d44,
  exFAT: 0x2011bab0,
  NTFS: 0x5346544e,
  'NTFS by ntfs3': 0x7366746e,
  CIFS: 0xff534d42,
  'SMB 2': 0xfe534d42,
  SMB: 0x517b,
  '9P': 0x01021997,
  VirtualBox: 0x786f4256,
  FUSE: 0x65735546,
};
const OWN = { ext4: 0xef53, btrfs: 0x9123683e, XFS: 0x58465342, tmpfs: 0x01021994, overlay: 0x794c7630, NFS: 0x6969 };

interface Row {
  /** Names in `.hg`: with `*` at the end executable, with `@` a link. */
  readonly files: readonly string[];
  readonly executableBit: boolean;
  readonly symlinks: boolean;
}

const ROWS: Readonly<Record<string, Row>> = {
  'not probed, no file is executable': { files: ['requires'], executableBit: true, symlinks: true },
  'not probed, every file is executable': { files: ['requires*'], executableBit: false, symlinks: true },
  'probed: both': {
    files: ['requires', 'wcache/checkisexec*', 'wcache/checknoexec', 'wcache/checklink@'],
    executableBit: true,
    symlinks: true,
  },
  'probed: bits, but no links': {
    files: ['requires', 'wcache/checkisexec*', 'wcache/checknoexec'],
    executableBit: true,
    symlinks: false,
  },
  'probed: links, but no bits': {
    files: ['requires', 'wcache/checkisexec', 'wcache/checklink@'],
    executableBit: false,
    symlinks: true,
  },
  'probed: every file is executable': {
    files: ['requires*', 'wcache/checkisexec*', 'wcache/checknoexec*'],
    executableBit: false,
    symlinks: false,
  },
  'probed: nothing was left': { files: ['requires', 'wcache/other'], executableBit: false, symlinks: false },
  'a file where the link should be': {
    files: ['requires', 'wcache/checkisexec*', 'wcache/checklink'],
    executableBit: true,
    symlinks: false,
  },
  'wcache is a file': { files: ['requires', 'wcache'], executableBit: false, symlinks: false },
};

for (const [name, { files, executableBit, symlinks }] of Object.entries(ROWS)) {
  test(`the traits of a working copy: ${name}`, t => {
    const directory = temporaryDirectory(t);
    for (const file of files) {
      const at = `.hg/${file.replace(/[*@]$/, '')}`;
      if (file.endsWith('@')) directory.symlink('target', at);
      else {
        directory.write(at);
        directory.chmod(at, file.endsWith('*') ? 0o755 : 0o644);
      }
    }
    const traits = (type: number | undefined, platform: NodeJS.Platform = 'linux'): unknown =>
      fileSystemTraits(new TypedVfs(type), `${directory.root}/.hg`, platform);
    for (const [system, type] of Object.entries(FOREIGN)) {
      assert.deepEqual(traits(type), { executableBit, symlinks, hidesNames: true }, system);
      assert.deepEqual(traits(type, 'win32'), { executableBit: false, symlinks: false, hidesNames: false }, system);
    }
    // What was probed does not count where the platform is known to have both.
    for (const [system, type] of [...Object.entries(OWN), ['unknown', undefined] as const])
      assert.deepEqual(traits(type), { executableBit: true, symlinks: true, hidesNames: false }, system);
  });
}
