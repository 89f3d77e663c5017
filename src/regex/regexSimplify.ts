import { SLASH, sequence, type RegexNode, type RepeatNode, type SetNode } from './regexSyntax.ts';
import { fixedWidth } from './regexWidth.ts';

/**
 * Returns a tree that matches the same strings with less to try. It shortens "x*x*" to "x*", and drops a repeated "at
 * the start of any name". Both arise when Mercurial puts '.*' or '(?:|.*\/)' before a pattern that begins like it.
 */
export function simplify(node: RegexNode): RegexNode {
  switch (node.type) {
    case 'set':
    case 'anchor':
    case 'backreference':
    case 'conditional':
      return node;
    case 'sequence':
      return sequence(mergeItems(node.items.map(simplify)));
    case 'alternation':
      return { ...node, branches: node.branches.map(simplify) };
    case 'atomic': {
      const body = simplify(node.body);
      return isFixed(body) ? body : { ...node, body };
    }
    case 'group':
    case 'look':
      return { ...node, body: simplify(node.body) };
    case 'repeat': {
      const body = simplify(node.body);
      const fixed = node.mode === 'possessive' && node.min === node.max && isFixed(body);
      return { ...node, body, mode: fixed ? 'greedy' : node.mode };
    }
  }
}

/**
 * True if a match can end in one place only; then an atomic group changes nothing. This always holds inside a
 * look-behind, which JavaScript matches backwards and therefore could not make atomic.
 */
function isFixed(node: RegexNode): boolean {
  return fixedWidth(node, NO_WIDTHS) !== undefined;
}

const NO_WIDTHS = new Map<number, never>();

/** True for "nothing, or everything up to a slash": "(?:|.*\/)" or "(?:.*\/)?". */
export function isComponentStart(node: RegexNode): boolean {
  if (node.type === 'repeat') {
    return node.min === 0 && node.max === 1 && node.mode === 'greedy' && isUpToSlash(node.body);
  }
  if (node.type !== 'alternation' || node.branches.length !== 2) return false;
  const [nothing, upToSlash] = node.branches;
  return nothing?.type === 'sequence' && nothing.items.length === 0 && isUpToSlash(upToSlash!);
}

function isUpToSlash(node: RegexNode): boolean {
  if (node.type !== 'sequence' || node.items.length !== 2) return false;
  const [any, slash] = node.items;
  return (
    isSetLoop(any) && any.min === 0 && (any.body.set & SLASH) !== 0n && slash?.type === 'set' && slash.set === SLASH
  );
}

interface SetLoop extends RepeatNode {
  readonly body: SetNode;
}

function isSetLoop(node: RegexNode | undefined): node is SetLoop {
  return node?.type === 'repeat' && node.max === Infinity && node.mode !== 'possessive' && node.body.type === 'set';
}

function mergeItems(items: readonly RegexNode[]): RegexNode[] {
  const merged: RegexNode[] = [];
  for (const item of items) {
    const last = merged.at(-1);
    if (isSetLoop(item) && isSetLoop(last) && item.body.set === last.body.set) {
      merged[merged.length - 1] = { ...last, min: last.min + item.min };
    } else if (last === undefined || !isComponentStart(item) || !isComponentStart(last) || !sameReach(last, item)) {
      merged.push(item);
    }
  }
  return merged;
}

/** True if both may skip over the same bytes on the way to their slash. */
function sameReach(a: RegexNode, b: RegexNode): boolean {
  return reachOf(a) === reachOf(b);
}

function reachOf(node: RegexNode): bigint | undefined {
  const upToSlash = node.type === 'repeat' ? node.body : node.type === 'alternation' ? node.branches[1] : undefined;
  const any = upToSlash?.type === 'sequence' ? upToSlash.items[0] : undefined;
  return isSetLoop(any) ? any.body.set : undefined;
}
