// Decodes a Bazaar dirstate with and without native code: both must have equal results.
import assert from 'node:assert/strict';
import { QuicksilverError } from '../../src/base/errors.ts';
import { decodeDirstate } from '../../src/bazaar/dirstate/decodeDirstate.ts';
import type { DirstateTree } from '../../src/bazaar/dirstate/dirstateTree.ts';
import { loadNative } from '../../src/status/bulk/native.ts';

const { module } = loadNative();
const OPTIONS = { file: 'dirstate', device: 1, shared: false };

/** Returns the decoded tree. Throws what the decoder throws; fails if native code makes a difference. */
export function decodeBoth(bytes: Buffer): DirstateTree {
  const plain = attempt(() => decodeDirstate(Buffer.from(bytes), OPTIONS));
  if (module !== undefined) {
    const { takePlainRows } = module;
    const native = attempt(() => decodeDirstate(Buffer.from(bytes), { ...OPTIONS, takePlainRows }));
    assert.deepEqual(native, plain);
  }
  if (plain instanceof QuicksilverError) throw plain;
  return plain;
}

function attempt(decode: () => DirstateTree): DirstateTree | QuicksilverError {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof QuicksilverError)) throw error;
    return error;
  }
}
