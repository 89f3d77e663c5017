// File systems on which every change makes an event: a list of good ones, so that an unknown one is not trusted.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasMountBelow, isLocalType, reportsEveryChange } from '../../../src/files/fileSystems.ts';

/** From linux/magic.h, statfs(2) and the sources of those who ship the others. */
const LOCAL = {
  ...{ ext4: 0xef53, XFS: 0x58465342, Btrfs: 0x9123683e, bcachefs: 0xca451a4e, F2FS: 0xf2f52010, ZFS: 0x2fc12fc1 },
  ...{ tmpfs: 0x01021994, ramfs: 0x858458f6, overlayfs: 0x794c7630 },
};
const OTHERS = {
  ...{ NFS: 0x6969, SMB: 0x517b, SMB2: 0xfe534d42, CIFS: 0xff534d42, Ceph: 0x00c36400, Coda: 0x73757245 },
  ...{ AFS: 0x5346414f, kAFS: 0x6b414653, Lustre: 0x0bd00bd0, GPFS: 0x47504653, GFS2: 0x01161970, OCFS2: 0x7461636f },
  ...{ BeeGFS: 0x19830326, PanFS: 0xaad7aaea, NCP: 0x564c, FUSE: 0x65735546, '9p': 0x01021997 },
  ...{ fakeowner: 0x6a656a63, vboxsf: 0x786f4256, Parallels: 0x7c7c6673, VMware: 0xbacbacbc, WSL1: 0x53464846 },
  ...{ virtiofs: 0x6a656a62, FAT: 0x4d44, exFAT: 0x2011bab0, NTFS: 0x5346544e, NTFS3: 0x7366746e },
  ...{ proc: 0x9fa0, 'one of next year': 0x12345678, nothing: 0 },
};

describe('types', () => {
  for (const [name, type] of Object.entries(LOCAL)) {
    test(`${name} is local, with the number signed, too`, () => {
      assert.ok(isLocalType(type));
      assert.ok(isLocalType(type | 0));
    });
  }
  for (const [name, type] of Object.entries(OTHERS)) {
    test(`${name} is not`, () => {
      assert.ok(!isLocalType(type));
      assert.ok(!isLocalType(type | 0));
    });
  }
});

describe('directories', { skip: process.platform === 'linux' ? false : 'it is asked on Linux only' }, () => {
  test('of /proc, and those that do not exist, do not report every change', () => {
    assert.ok(!reportsEveryChange('/proc'));
    assert.ok(!reportsEveryChange('/nowhere/at/all'));
  });

  test('with a mount below are found', () => {
    assert.equal(hasMountBelow('/'), true);
    assert.equal(hasMountBelow('/proc/self/fd/none'), false);
  });
});
