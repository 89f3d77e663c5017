// Runs the native decoders beside the JavaScript ones: both must return equal results.
import assert from 'node:assert/strict';
import { QuicksilverError } from '../../src/base/errors.ts';
import type { DecodedColumns } from '../../src/base/decodeAccelerators.ts';
import { decodeV1, V1_HEADER_LENGTH } from '../../src/mercurial/dirstate/decodeV1.ts';
import { decodeV2, type Docket } from '../../src/mercurial/dirstate/decodeV2.ts';
import type { NodeTable } from '../../src/mercurial/dirstate/nodeTable.ts';
import { loadNative } from '../../src/status/bulk/native.ts';

const { module } = loadNative();

/** Why they cannot be compared; false if they can. */
export const NO_NATIVE = module === undefined ? loadNative().reason : false;

/** Fails if the native decoder disagrees on a version 1 dirstate. Returns true if both accept it. */
export function agreeOnV1(bytes: Buffer, windowsNames = false): boolean {
  if (bytes.length < V1_HEADER_LENGTH) return false;
  return agree(
    () => decodeV1(bytes, { file: 'dirstate', windowsNames }),
    () => module?.decodeV1(bytes, windowsNames, 0x1234_5678, 0x9abc_def1),
  );
}

/** Fails if the native decoder disagrees on a data file of version 2. Returns true if both accept it. */
export function agreeOnV2(
  bytes: Buffer,
  docket: Pick<Docket, 'rootOffset' | 'rootCount'>,
  windowsNames = false,
): boolean {
  const whole: Docket = {
    p1: '',
    p2: '',
    ignoreHash: new Uint8Array(20),
    usedSize: bytes.length,
    dataId: 'x',
    ...docket,
  };
  return agree(
    () => decodeV2(bytes, whole, { file: 'dirstate', windowsNames }),
    () => module?.decodeV2(bytes, windowsNames, docket.rootOffset, docket.rootCount),
  );
}

function agree(decode: () => NodeTable, native: () => DecodedColumns | null | undefined): boolean {
  let table: NodeTable | undefined;
  try {
    table = decode();
  } catch (error) {
    if (!(error instanceof QuicksilverError)) throw error;
  }
  const decoded = native();
  if (decoded === undefined) return table !== undefined;
  if (table === undefined) {
    assert.equal(decoded, null);
    return false;
  }
  assert.deepEqual({ bytes: table.bytes, sourceOffset: undefined, ...decoded }, table);
  return true;
}
