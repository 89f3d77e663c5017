import type { RegexNode } from './regexSyntax.ts';

/** In bytes. */
export interface Width {
  readonly min: number;
  readonly max: number;
}

/** The widths of the groups that backreferences may name. */
export type GroupWidths = ReadonlyMap<number, Width>;

const ZERO: Width = { min: 0, max: 0 };
const UNKNOWN: Width = { min: 0, max: Infinity };
const NO_GROUPS: GroupWidths = new Map();

/** The number of bytes that every match of `node` has, or undefined if matches differ in length. */
export function fixedWidth(node: RegexNode, groups: GroupWidths): number | undefined {
  const { min, max } = widthOf(node, groups);
  return min === max && max !== Infinity ? min : undefined;
}

/** Shortest and longest match. A backreference to a group without a known width counts as of any length. */
export function widthOf(node: RegexNode, groups: GroupWidths = NO_GROUPS): Width {
  switch (node.type) {
    case 'set':
      return { min: 1, max: 1 };
    case 'sequence': {
      let min = 0;
      let max = 0;
      for (const item of node.items) {
        const width = widthOf(item, groups);
        min += width.min;
        max += width.max;
      }
      return { min, max };
    }
    case 'alternation':
      return either(node.branches.map(branch => widthOf(branch, groups)));
    case 'conditional':
      return either([widthOf(node.yes, groups), widthOf(node.no, groups)]);
    case 'repeat': {
      const { min, max } = widthOf(node.body, groups);
      return { min: min * node.min, max: max === 0 || node.max === 0 ? 0 : max * node.max };
    }
    case 'group':
    case 'atomic':
      return widthOf(node.body, groups);
    case 'look':
    case 'anchor':
      return ZERO;
    case 'backreference':
      return groups.get(node.index) ?? UNKNOWN;
  }
}

function either(widths: readonly Width[]): Width {
  let min = Infinity;
  let max = 0;
  for (const width of widths) {
    min = Math.min(min, width.min);
    max = Math.max(max, width.max);
  }
  return { min, max };
}
