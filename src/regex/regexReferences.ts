// Resolves backreferences and conditionals, which depend on the groups that matched before. Where that is certain, they
// are kept or decided. Where a group matches only sometimes, the expression becomes an alternation: the ways through
// the group, and those without it. In loops and look-around the order of attempts decides, so they are rejected.
import { InexpressibleRegexError } from './regexErrors.ts';
import { EMPTY, NEVER, sequence, type RegexNode } from './regexSyntax.ts';
import { childrenOf, mapChildren, splitByGroup } from './regexWays.ts';
import { widthOf } from './regexWidth.ts';

/** The most ways through one pattern that are followed each by itself, as a power of two. */
const MAX_SPLITS = 3;

/**
 * Returns the tree without conditionals, without unused groups, and without references to groups that cannot have
 * matched. Such references never match: a '\1' may belong to an earlier pattern of a joined expression. Throws
 * InexpressibleRegexError.
 */
export function resolveReferences(node: RegexNode): RegexNode {
  checkRepeats(node);
  const referenced = new Set<number>();
  if (!collectReferences(node, referenced)) return checkRounds(dropGroups(node, referenced));
  const resolved =
    node.type === 'alternation'
      ? { ...node, branches: node.branches.map(branch => resolveWays(branch)) }
      : resolveWays(node);
  const kept = new Set<number>();
  collectReferences(resolved, kept);
  return checkRounds(dropGroups(resolved, kept));
}

/** Rejects '(?>(?:a?){1,2})' and '(a?){2}\\1': JavaScript has no rounds that match nothing, and Python has. */
function checkRounds(node: RegexNode): RegexNode {
  const branches = node.type === 'alternation' ? node.branches : [node];
  if (branches.some(branch => needsCaptures(branch) && mayHaveEmptyRounds(branch))) {
    throw new InexpressibleRegexError('a repeat of what may be empty, beside an atomic group or a reference');
  }
  return node;
}

function mayHaveEmptyRounds(node: RegexNode): boolean {
  const isRepeated = node.type === 'repeat' && node.max > 1 && widthOf(node.body).min === 0;
  return isRepeated || childrenOf(node).some(mayHaveEmptyRounds);
}

/** Rejects '(?:…)++': Python 3.11.2 finds wrong matches, later versions do not, and the Python of hg is unknown. */
function checkRepeats(node: RegexNode): void {
  if (node.type === 'repeat' && node.mode === 'possessive' && node.body.type !== 'set') {
    throw new InexpressibleRegexError('a possessive repeat of a group, which not all versions of Python match alike');
  }
  childrenOf(node).forEach(checkRepeats);
}

/** True if a match depends on captured text, or on atomicity, so that JavaScript needs groups of its own for it. */
export function needsCaptures(node: RegexNode): boolean {
  if (node.type === 'backreference' || node.type === 'conditional' || node.type === 'atomic') return true;
  return (node.type === 'repeat' && node.mode === 'possessive') || childrenOf(node).some(needsCaptures);
}

/** Thrown where the result depends on whether the group matched. */
class UncertainGroupError extends Error {
  readonly index: number;

  constructor(index: number) {
    super(`group ${index} matches only sometimes`);
    this.name = 'UncertainGroupError';
    this.index = index;
  }
}

/** Resolves a tree that nothing precedes. A result of several ways is an alternation of them. */
function resolveWays(node: RegexNode, splits = 0): RegexNode {
  try {
    return resolve(node, { certain: new Set(), possible: new Set(), open: new Set() });
  } catch (error) {
    if (!(error instanceof UncertainGroupError)) throw error;
    if (splits === MAX_SPLITS) {
      throw new InexpressibleRegexError('conditions on too many groups that match only sometimes');
    }
    const branches = splitByGroup(node, error.index).map(way => resolveWays(way, splits + 1));
    return { type: 'alternation', branches, starts: branches.map(() => 0) };
  }
}

interface Groups {
  /** Groups that have matched on every way to here. */
  readonly certain: Set<number>;
  /** Groups that may have matched. */
  readonly possible: Set<number>;
  /** Groups that have begun. */
  readonly open: Set<number>;
}

/** `groups` is what holds before the node, and is changed to what holds after it. */
function resolve(node: RegexNode, groups: Groups): RegexNode {
  switch (node.type) {
    case 'set':
    case 'anchor':
      return node;
    case 'sequence':
      return sequence(node.items.map(item => resolve(item, groups)));
    case 'alternation':
      return { ...node, branches: resolveBranches(node.branches, groups) };
    case 'conditional': {
      // There Python takes an end of the group from an attempt that failed for one of this attempt.
      if (groups.open.has(node.index)) throw new InexpressibleRegexError('a condition on the group that it is part of');
      if (groups.certain.has(node.index)) return resolve(node.yes, groups);
      if (!groups.possible.has(node.index)) return resolve(node.no, groups);
      throw new UncertainGroupError(node.index);
    }
    case 'backreference':
      if (!groups.possible.has(node.index)) return NEVER;
      if (!groups.certain.has(node.index)) throw new UncertainGroupError(node.index);
      if (node.ignoreCase) throw new InexpressibleRegexError('a reference that ignores case');
      return node;
    case 'group': {
      groups.open.add(node.index);
      const body = resolve(node.body, groups);
      groups.open.delete(node.index);
      groups.certain.add(node.index);
      groups.possible.add(node.index);
      return { ...node, body };
    }
    case 'atomic':
      return { ...node, body: resolve(node.body, groups) };
    case 'look': {
      const inside = copy(groups);
      const body = resolve(node.body, inside);
      inside.possible.forEach(index => groups.possible.add(index));
      if (!node.negative && !node.behind) inside.certain.forEach(index => groups.certain.add(index));
      return { ...node, body };
    }
    case 'repeat': {
      if (node.max === 0) return EMPTY;
      // From its second round on the body comes after itself.
      if (node.max > 1) collectGroups(node.body, groups.possible);
      const inside = copy(groups);
      const body = resolve(node.body, inside);
      inside.possible.forEach(index => groups.possible.add(index));
      if (node.min > 0) inside.certain.forEach(index => groups.certain.add(index));
      return { ...node, body };
    }
  }
}

function resolveBranches(branches: readonly RegexNode[], groups: Groups): RegexNode[] {
  const before = copy(groups);
  let certain: Set<number> | undefined;
  const resolved = branches.map(branch => {
    const inside = copy(before);
    const result = resolve(branch, inside);
    inside.possible.forEach(index => groups.possible.add(index));
    certain = certain === undefined ? inside.certain : new Set([...certain].filter(index => inside.certain.has(index)));
    return result;
  });
  certain?.forEach(index => groups.certain.add(index));
  return resolved;
}

function copy(groups: Groups): Groups {
  return { certain: new Set(groups.certain), possible: new Set(groups.possible), open: new Set(groups.open) };
}

function collectGroups(node: RegexNode, into: Set<number>): void {
  if (node.type === 'group') into.add(node.index);
  for (const child of childrenOf(node)) collectGroups(child, into);
}

/** True if there is any reference. */
function collectReferences(node: RegexNode, into: Set<number>): boolean {
  if (node.type === 'backreference' || node.type === 'conditional') into.add(node.index);
  for (const child of childrenOf(node)) collectReferences(child, into);
  return into.size > 0;
}

function dropGroups(node: RegexNode, kept: ReadonlySet<number>): RegexNode {
  const dropped = mapChildren(node, child => dropGroups(child, kept));
  return dropped.type === 'group' && !kept.has(dropped.index) ? dropped.body : dropped;
}
