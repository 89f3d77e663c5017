// Runs the native decoders of a Git index beside those in JavaScript: both must return equal results.
import assert from 'node:assert/strict';
import { QuicksilverError } from '../../src/base/errors.ts';
import { decodeIndex, type DecodedIndex } from '../../src/git/index/decodeIndex.ts';
import { buildIndexTree, type IndexTree, type TreeOptions } from '../../src/git/index/indexTree.ts';
import { SHA1, type ObjectFormat } from '../../src/git/objects/objectFormat.ts';
import { loadNative } from '../../src/status/bulk/native.ts';

const { module } = loadNative();

/** Fails if the native decoders disagree on an index. Returns true if both accept it; undefined without native code. */
export function agreeOnGitIndex(bytes: Buffer, format: ObjectFormat = SHA1): boolean | undefined {
  if (module === undefined) return undefined;
  const decoded = attempt(() => decodeIndex(bytes, format, 'index', false));
  const natively = attempt(() => decodeIndex(bytes, format, 'index', false, module));
  assert.deepEqual(natively, decoded);
  if (decoded instanceof QuicksilverError) {
    // An index may fail for its header or its extensions, which JavaScript reads.
    return false;
  }
  const { entries } = decoded;
  assert.notEqual(module.decodeGitEntries(bytes, format.length), null, 'the native decoder rejects the entries');
  const owner = { uid: 0, gid: 0 };
  const options: TreeOptions = { format, file: 'index', writtenAt: 0x6000_0000, owner, shared: false };
  const tree = attempt(() => buildIndexTree(entries, options));
  const { at, names, pathOffset, pathLength } = entries;
  const emptyBlob = Buffer.from(format.emptyBlob, 'hex');
  const built = module.buildGitTree(bytes, names, at, pathOffset, pathLength, emptyBlob, 0x6000_0000, true, 0, 0);
  if (tree instanceof QuicksilverError) assert.equal(built, null, tree.message);
  else assert.deepEqual(built && { bytes: names, ...built }, tree);
  return built !== null;
}

function attempt<T extends DecodedIndex | IndexTree>(work: () => T): T | QuicksilverError {
  try {
    return work();
  } catch (error) {
    if (error instanceof QuicksilverError) return error;
    throw error;
  }
}
