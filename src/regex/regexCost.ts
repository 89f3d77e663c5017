// An upper bound for the steps that JavaScript's backtracking takes on a path, from the syntax tree alone. It counts
// for each node where the node can end when it starts at one place. It adds the work of trying all these ends.
import {
  NO_BYTES,
  SLASH,
  itemsOf,
  type AlternationNode,
  type Anchor,
  type ByteSet,
  type RegexNode,
  type RepeatNode,
} from './regexSyntax.ts';
import { isComponentStart } from './regexSimplify.ts';
import { widthOf } from './regexWidth.ts';

/** Bytes in the longest path that a system accepts. */
const PATH_LENGTH = 4096;

/** Bytes in the longest name between two slashes. */
const NAME_LENGTH = 256;

/**
 * An upper bound for the steps that matching takes at the start of a path of 4096 bytes; Infinity if it may be
 * exponential. About 4096 for one unbounded repetition, 4096 squared for two that overlap.
 */
export function backtrackingCost(node: RegexNode): number {
  return costOf(node, ACCEPT).work;
}

interface Cost {
  /** Ways to go on after the node, counted with repetition. */
  readonly ends: number;
  readonly work: number;
}

/** The part of the pattern after a node. */
interface Follow {
  /** The bytes that what follows can start with. */
  readonly set: ByteSet;
  /** True if it can match without consuming a byte, and yet fail later. */
  readonly nullable: boolean;
}

/** After the end of the pattern nothing can fail, so that no second way is ever tried. */
const ACCEPT: Follow = { set: NO_BYTES, nullable: false };

const ONE_STEP: Cost = { ends: 1, work: 1 };

function costOf(node: RegexNode, follow: Follow): Cost {
  switch (node.type) {
    case 'set':
    case 'anchor':
      return ONE_STEP;
    case 'backreference':
      return { ends: 1, work: PATH_LENGTH };
    case 'sequence':
      return sequenceCost(node.items, follow);
    case 'alternation':
      return alternationCost(node, follow);
    case 'group':
      return costOf(node.body, follow);
    case 'atomic':
    case 'look':
      return { ends: 1, work: costOf(node.body, ACCEPT).work };
    case 'conditional':
      return { ends: Infinity, work: Infinity };
    case 'repeat': {
      const cost = repeatCost(node, follow);
      return node.mode === 'possessive' ? { ends: 1, work: cost.work } : cost;
    }
  }
}

function sequenceCost(items: readonly RegexNode[], follow: Follow): Cost {
  // From the last item to the first, because each needs to know what follows it.
  let after = follow;
  let ends = 1;
  let work = 1;
  const restSlashFree: boolean[] = [];
  let slashFree = true;
  for (let i = items.length - 1; i >= 0; i--) {
    restSlashFree[i] = slashFree;
    slashFree &&= !hasPathWideLoop(items[i]!);
  }
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i]!;
    const cost = costOf(item, after);
    if (follow === ACCEPT && isComponentStart(item) && restSlashFree[i]!) {
      // "At the start of any name": a path has many names only if they are short. So the rest costs one name's work
      // times the number of the longest names, or a little for each of the shortest.
      work = PATH_LENGTH + Math.max((PATH_LENGTH / NAME_LENGTH) * work, PATH_LENGTH * items.length);
      ends *= PATH_LENGTH / NAME_LENGTH;
    } else {
      work = cost.work + cost.ends * work;
      ends *= cost.ends;
    }
    after = before(item, after);
  }
  return { ends, work };
}

function alternationCost(node: AlternationNode, follow: Follow): Cost {
  let sum = 0;
  let highest = 0;
  let work = 0;
  for (const branch of node.branches) {
    const cost = costOf(branch, follow);
    sum += cost.ends;
    highest = Math.max(highest, cost.ends);
    work += cost.work;
  }
  return { ends: exclusive(node.branches) ? highest : sum, work };
}

function repeatCost(node: RepeatNode, follow: Follow): Cost {
  const { body, min, max } = node;
  if (max === 0) return ONE_STEP;
  if (body.type === 'set') {
    const longest = Math.min(max, (body.set & SLASH) === NO_BYTES ? NAME_LENGTH : PATH_LENGTH);
    if (min === max) return { ends: 1, work: longest };
    const separated = !follow.nullable && (follow.set & body.set) === NO_BYTES;
    return { ends: separated ? 1 : Math.max(1, longest - min + 1), work: longest };
  }
  const first = firstOf(body);
  const again: Follow = { set: first.set | follow.set, nullable: first.empty || follow.nullable };
  const cost = costOf(body, max === 1 ? follow : again);
  const separated = !follow.nullable && !first.empty && (follow.set & first.set) === NO_BYTES;
  if (max === 1) return { ends: separated ? cost.ends : cost.ends + (min === 0 ? 1 : 0), work: cost.work };
  const { min: narrowest } = widthOf(body);
  if (max === Infinity || max > PATH_LENGTH) {
    if (cost.ends > 1 || narrowest === 0) return { ends: Infinity, work: Infinity };
    const rounds = Math.ceil(PATH_LENGTH / narrowest);
    return { ends: separated ? 1 : rounds, work: rounds * cost.work };
  }
  const ways = cost.ends ** max;
  return { ends: separated ? ways : ways * (max - min + 1), work: ways * max * cost.work };
}

/** Returns what follows the item in front of `node`. */
function before(node: RegexNode, after: Follow): Follow {
  const first = firstOf(node);
  if (!first.empty) return { set: first.set, nullable: false };
  return { set: first.set | after.set, nullable: after.nullable || first.fickle };
}

function isEnd(at: Anchor): boolean {
  return at === 'end' || at === 'endOrFinalNewline';
}

interface First {
  /** The bytes that a match can start with. */
  readonly set: ByteSet;
  /** True if a match can be empty. */
  readonly empty: boolean;
  /** True if an empty match depends on what is around it. */
  readonly fickle: boolean;
}

function firstOf(node: RegexNode): First {
  switch (node.type) {
    case 'set':
      return { set: node.set, empty: false, fickle: false };
    case 'anchor':
      // The end of the path is at no more than two places, so it separates like a byte that is in no other set.
      return { set: NO_BYTES, empty: !isEnd(node.at), fickle: true };
    case 'backreference':
    case 'look':
    case 'conditional':
      return { set: NO_BYTES, empty: true, fickle: true };
    case 'group':
    case 'atomic':
      return firstOf(node.body);
    case 'repeat': {
      const first = firstOf(node.body);
      return { ...first, empty: first.empty || node.min === 0 };
    }
    case 'alternation': {
      const all = node.branches.map(firstOf);
      return {
        set: all.reduce((set, first) => set | first.set, NO_BYTES),
        empty: all.some(first => first.empty),
        fickle: all.some(first => first.fickle),
      };
    }
    case 'sequence': {
      let set = NO_BYTES;
      let fickle = false;
      for (const item of node.items) {
        const first = firstOf(item);
        set |= first.set;
        fickle ||= first.fickle;
        if (!first.empty) return { set, empty: false, fickle };
      }
      return { set, empty: true, fickle };
    }
  }
}

/** Beyond this many branches comparing all pairs is not worth it. */
const MAX_COMPARED_BRANCHES = 64;

/** True if no two branches can match at the same place, judged by the bytes they must start with. */
function exclusive(branches: readonly RegexNode[]): boolean {
  if (branches.length > MAX_COMPARED_BRANCHES) return false;
  const starts = branches.map(fixedStart);
  return starts.every((a, i) => starts.every((b, j) => j <= i || differ(a, b)));
}

function differ(a: readonly ByteSet[], b: readonly ByteSet[]): boolean {
  return a.some((set, i) => i < b.length && (set & b[i]!) === NO_BYTES);
}

/** The sets of the leading items that are one byte each. */
function fixedStart(node: RegexNode): ByteSet[] {
  const sets: ByteSet[] = [];
  for (const item of itemsOf(node)) {
    if (item.type === 'set') sets.push(item.set);
    else if (item.type !== 'anchor' || isEnd(item.at)) break;
  }
  return sets;
}

/** True if the node repeats something that can contain a slash without bound. */
function hasPathWideLoop(node: RegexNode): boolean {
  switch (node.type) {
    case 'set':
    case 'anchor':
      return false;
    case 'backreference':
    case 'conditional':
    case 'look':
      return true;
    case 'sequence':
      return node.items.some(hasPathWideLoop);
    case 'alternation':
      return node.branches.some(hasPathWideLoop);
    case 'group':
    case 'atomic':
      return hasPathWideLoop(node.body);
    case 'repeat':
      if (node.max <= 1) return hasPathWideLoop(node.body);
      return node.body.type !== 'set' || (node.body.set & SLASH) !== NO_BYTES;
  }
}
