import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparesExecuteBit } from '../../../src/bazaar/repository/traits.ts';
import { TypedVfs } from '../../support/typedVfs.ts';

test('execute bits count on all file systems but FAT and NTFS, and never on Windows', () => {
  const compares = (type: number | undefined, platform: NodeJS.Platform = 'linux'): boolean =>
    comparesExecuteBit(new TypedVfs(type), '/tree', platform);
  const types = {
    ext4: 0xef53,
    exfat: 0x2011bab0,
    ntfs3: 0x7366746e,
    fuse: 0x65735546,
    cifs: 0xff534d42,
    p9: 0x01021997,
  };
  for (const [name, type] of Object.entries(types)) assert.equal(compares(type), true, name);
  for (const type of [0x4d44, 0x5346544e]) {
    assert.equal(compares(type), false);
    assert.equal(compares(type, 'darwin'), true, 'its numbers are others');
  }
  assert.equal(compares(undefined), true);
  assert.equal(compares(0xef53, 'win32'), false);
});
