// Lines of a changeset to pass over: they count as those that were there before.
import type { Blocks } from './matchBlocks.ts';
import { OpenLines } from './openLines.ts';

/** A version that a skipped one was made from. */
export interface SkippedParent {
  readonly blocks: Blocks;
  /** Number of its lines. */
  readonly length: number;
  readonly open: OpenLines;
}

/**
 * Passes lines that no parent has to a line of a parent, and returns those without one.
 *
 * @param childLength lines of the version that is passed over
 * @param passed called with the place in the result of each line that goes on
 */
export function passOnSkipped(
  lines: OpenLines,
  parents: readonly SkippedParent[],
  childLength: number,
  passed: (result: number) => void,
): OpenLines {
  const maps = parents.map(({ blocks, length }) => replacedLines(blocks, length, childLength));
  const rest = new OpenLines();
  lines.each((result, first, length) => {
    for (let at = 0; at < length; at++) {
      const line = first + at;
      // The later parents count more, as for lines that a parent has.
      let chosen = maps.findLastIndex(({ longer }) => (longer[line] ?? -1) >= 0);
      let target = maps[chosen]?.longer[line];
      if (target === undefined) {
        chosen = maps.findLastIndex(({ shorter }) => (shorter[line] ?? -1) >= 0);
        target = maps[chosen]?.shorter[line];
      }
      if (target === undefined) rest.add(result + at, line, 1);
      else {
        parents[chosen]!.open.add(result + at, target, 1);
        passed(result + at);
      }
    }
  });
  return rest;
}

/** For each line of the child a line of the parent, or -1. */
interface ReplacedLines {
  /** For a line in a changed block that was at least as long before: the line at the same place of it. */
  readonly longer: Int32Array;
  /** For a line in a block that was shorter before: the line at the same place, or the last one up to its end. */
  readonly shorter: Int32Array;
}

function replacedLines(blocks: Blocks, parentLength: number, childLength: number): ReplacedLines {
  const longer = new Int32Array(childLength).fill(-1);
  const shorter = new Int32Array(childLength).fill(-1);
  let a1 = 0;
  let b1 = 0;
  for (let at = 0; at <= blocks.length; at += 4) {
    const a2 = blocks[at] ?? parentLength;
    const b2 = blocks[at + 2] ?? childLength;
    const map = a2 - a1 >= b2 - b1 ? longer : shorter;
    // Lines inserted before the first one go to the last line of the parent, as Mercurial has it.
    const last = a2 === 0 ? parentLength - 1 : a2 - 1;
    for (let line = b1; line < b2; line++) map[line] = Math.min(a2 === 0 ? last : a1 + line - b1, last);
    a1 = blocks[at + 1] ?? parentLength;
    b1 = blocks[at + 3] ?? childLength;
  }
  return { longer, shorter };
}
