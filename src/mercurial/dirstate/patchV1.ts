// Reuses a decoded version 1 dirstate of which little has changed. A commit rewrites the whole file in the same order,
// and changes a few entries in place.
import { bytePath } from '../../base/bytePath.ts';
import { ENTRY_HEADER_LENGTH, V1_HEADER_LENGTH, checkState, entryLength, setFields } from './decodeV1.ts';
import { findNode } from '../../base/findNode.ts';
import type { NodeTable } from './nodeTable.ts';

/**
 * Bytes in a block of the comparison, which takes a few milliseconds for a whole file. After an update of a thousand
 * scattered files, most blocks this small are still equal.
 */
const BLOCK = 0x800;
/** If more blocks than this part differ, decoding anew costs no more. */
const MOST_BLOCKS = 0.25;

/**
 * Returns the result of decodeV1() for `bytes`, made from `before`. This works if only states, modes, sizes and times
 * of a few entries differ; otherwise returns undefined. Equal columns are the same arrays.
 */
export function patchV1(before: NodeTable, bytes: Buffer, file: string): NodeTable | undefined {
  if (before.bytes.length !== bytes.length || before.sourceOffset !== undefined) return undefined;
  const blocks = differingBlocks(before.bytes, bytes);
  if (blocks === undefined) return undefined;
  const changed = blocks.length === 0 ? [] : changedEntries(before.bytes, bytes, blocks);
  if (changed === undefined) return undefined;
  if (changed.length === 0) return { ...before, bytes };
  const table = {
    ...before,
    bytes,
    flags: before.flags.slice(),
    size: before.size.slice(),
    mtimeSeconds: before.mtimeSeconds.slice(),
  };
  for (const at of changed) {
    const path = at + ENTRY_HEADER_LENGTH;
    const field = bytes.subarray(path, at + entryLength(bytes, at));
    const end = field.indexOf(0);
    const node = findNode(before, bytePath(field.toString('latin1', 0, end < 0 ? field.length : end)));
    // A path may be there twice: only the later entry counts.
    if (node < 0 || before.pathOffset[node] !== path) return undefined;
    checkState(bytes, at, file);
    setFields(table, node, at);
  }
  return table;
}

/** Where blocks start that differ, in order, the header left out; undefined if it is too many. */
function differingBlocks(before: Buffer, after: Buffer): number[] | undefined {
  const blocks: number[] = [];
  const most = Math.max(16, (before.length / BLOCK) * MOST_BLOCKS);
  for (let at = V1_HEADER_LENGTH; at < before.length; at += BLOCK) {
    const end = Math.min(at + BLOCK, before.length);
    if (before.compare(after, at, end, at, end) === 0) continue;
    blocks.push(at);
    if (blocks.length > most) return undefined;
  }
  return blocks;
}

/**
 * Returns where the differing entries start; undefined if names or lengths differ. Until then, all entries start at the
 * same places in both.
 */
function changedEntries(before: Buffer, after: Buffer, blocks: readonly number[]): number[] | undefined {
  const changed: number[] = [];
  let block = 0;
  for (let at = V1_HEADER_LENGTH; at < after.length && block < blocks.length;) {
    const end = at + entryLength(after, at);
    if (end > after.length || end < at + ENTRY_HEADER_LENGTH) return undefined;
    if (end > blocks[block]!) {
      if (before.compare(after, at, end, at, end) !== 0) {
        const rest = at + ENTRY_HEADER_LENGTH - 4;
        if (before.compare(after, rest, end, rest, end) !== 0) return undefined;
        changed.push(at);
      }
      while (block < blocks.length && end >= blocks[block]! + BLOCK) block++;
    }
    at = end;
  }
  return changed;
}
