// What threads take for surely clean without asking the dirstate has to be what the dirstate would say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FileStat } from '../../../../src/base/fileStat.ts';
import { Dirstate, NULL_ID } from '../../../../src/mercurial/dirstate/dirstate.ts';
import * as table from '../../../../src/mercurial/dirstate/nodeTable.ts';
import { mayBeClean, provesClean } from '../../../../src/status/bulk/cleanRule.ts';

const USUAL = table.WDIR_TRACKED | table.P1_TRACKED | table.HAS_MODE_AND_SIZE | table.HAS_MTIME;
const SECONDS = [0, 1, 9, 0x7fff_ffff];
/** Mostly what proves something, with a flag or two changed. */
const anyFlags = fc.oneof(
  fc.array(fc.nat(14), { maxLength: 2 }).map(bits => bits.reduce((flags, bit) => flags ^ (1 << bit), USUAL)),
  fc.nat(0x7fff),
);
const anyNanoseconds = fc.constantFrom(0, 1, 999_999_999);
const anyEntry = fc.record({
  flags: anyFlags,
  size: fc.constantFrom(0, 5, 0x7fff_ffff),
  seconds: fc.constantFrom(...SECONDS),
  nanoseconds: anyNanoseconds,
  copy: fc.constantFrom(0, 0, 0, 7),
});
const anyStat = fc.record({
  kind: fc.constantFrom<FileStat['kind']>('file', 'file', 'symlink', 'directory', 'other'),
  size: fc.constantFrom(0, 5, 0x7fff_ffff, 0x8000_0005),
  executable: fc.boolean(),
  seconds: fc.constantFrom(...SECONDS, -1, 0x8000_0009, 0x1_0000_0009),
  nanoseconds: anyNanoseconds,
});
const anyTraits = fc.record({ executableBit: fc.boolean(), symlinks: fc.boolean() });

test('what is surely clean is clean', () => {
  let clean = 0;
  let sure = 0;
  const property = fc.property(anyEntry, anyStat, anyTraits, fc.boolean(), (entry, other, traits, isSame) => {
    const { size, seconds, nanoseconds } = entry;
    const stat = isSame ? { ...other, size, seconds, nanoseconds } : other;
    const nodes = table.allocateNodes(Buffer.alloc(16), 2, false);
    nodes.flags[1] = entry.flags;
    nodes.size[1] = entry.size;
    nodes.mtimeSeconds[1] = entry.seconds;
    nodes.mtimeNanoseconds[1] = entry.nanoseconds;
    nodes.copyOffset[1] = entry.copy;
    const dirstate = new Dirstate(nodes, { p1: NULL_ID, p2: NULL_ID, format: 'v2', identity: undefined, traits });
    const { columns } = dirstate;
    const isSure =
      mayBeClean(columns, entry.flags) &&
      provesClean(columns, 1, entry.flags, {
        isFile: () => stat.kind === 'file',
        isSymbolicLink: () => stat.kind === 'symlink',
        size: BigInt(stat.size),
        mode: stat.executable ? 0o755n : 0o644n,
        mtimeNs: BigInt(stat.seconds) * 1_000_000_000n + BigInt(stat.nanoseconds),
        ctimeNs: 0n,
        ino: 1n,
        uid: 0n,
        gid: 0n,
      });
    const isTracked = dirstate.kind(1) === 'tracked' && (stat.kind === 'file' || stat.kind === 'symlink');
    const full: FileStat = {
      kind: stat.kind,
      size: stat.size,
      executable: stat.executable,
      mtimeSeconds: stat.seconds,
      mtimeNanoseconds: stat.nanoseconds,
      ctimeNs: 0n,
      inode: 1n,
      device: 1n,
      uid: 0,
      gid: 0,
    };
    const verdict = isTracked ? dirstate.compareStat(1, full) : undefined;
    if (isSure) assert.equal(verdict, 'clean');
    if (isSure) sure++;
    if (verdict === 'clean') clean++;
  });
  fc.assert(property, { numRuns: 10_000, seed: 1 });
  // Otherwise the above would say nothing, and the rule would be of no use. Another seed may draw less.
  assert.ok(sure > 150 && sure > clean / 2, `${sure} sure of ${clean} clean`);
  fc.assert(property, { numRuns: 10_000 });
});
