// The two kinds of ways through an expression: those on which a certain group matches, and those without it. On each
// of them a condition on that group is decided.
import { InexpressibleRegexError } from './regexErrors.ts';
import { NEVER, sequence, type RegexNode } from './regexSyntax.ts';

/**
 * Returns two trees for one that has the group: the ways through the group, and the other ways. A text matches the tree
 * exactly if it matches one of both. Throws InexpressibleRegexError for a group in a loop, look-around or atomic group:
 * there the order of attempts decides, or the version of Python.
 */
export function splitByGroup(node: RegexNode, index: number): [RegexNode, RegexNode] {
  return [through(node, index) ?? NEVER, without(node, index)];
}

/** Returns the ways on which the group matches; undefined for a tree without the group. */
function through(node: RegexNode, index: number): RegexNode | undefined {
  switch (node.type) {
    case 'set':
    case 'anchor':
    case 'backreference':
      return undefined;
    case 'group': {
      if (node.index === index) return node;
      const body = through(node.body, index);
      return body && { ...node, body };
    }
    case 'sequence': {
      const at = node.items.findIndex(item => hasGroup(item, index));
      if (at < 0) return undefined;
      return sequence(node.items.map((item, place) => (place === at ? (through(item, index) ?? NEVER) : item)));
    }
    case 'alternation': {
      const branch = node.branches.find(each => hasGroup(each, index));
      return branch && through(branch, index);
    }
    case 'conditional': {
      if (!hasGroup(node, index)) return undefined;
      return { ...node, yes: through(node.yes, index) ?? NEVER, no: through(node.no, index) ?? NEVER };
    }
    case 'repeat':
    case 'atomic':
    case 'look':
      if (!hasGroup(node.body, index)) return undefined;
      if (node.type === 'repeat' && node.max === 1 && node.mode !== 'possessive') return through(node.body, index);
      throw new InexpressibleRegexError(
        'a condition on or reference to a group that matches only sometimes, in a loop or look-around',
      );
  }
}

function without(node: RegexNode, index: number): RegexNode {
  if (node.type === 'group' && node.index === index) return NEVER;
  return mapChildren(node, child => without(child, index));
}

function hasGroup(node: RegexNode, index: number): boolean {
  return (node.type === 'group' && node.index === index) || childrenOf(node).some(child => hasGroup(child, index));
}

/** Returns the parts of which a node consists. */
export function childrenOf(node: RegexNode): readonly RegexNode[] {
  switch (node.type) {
    case 'set':
    case 'anchor':
    case 'backreference':
      return [];
    case 'sequence':
      return node.items;
    case 'alternation':
      return node.branches;
    case 'conditional':
      return [node.yes, node.no];
    case 'group':
    case 'atomic':
    case 'look':
    case 'repeat':
      return [node.body];
  }
}

/** Returns the node with other parts. */
export function mapChildren(node: RegexNode, map: (child: RegexNode) => RegexNode): RegexNode {
  switch (node.type) {
    case 'set':
    case 'anchor':
    case 'backreference':
      return node;
    case 'sequence':
      return sequence(node.items.map(map));
    case 'alternation':
      return { ...node, branches: node.branches.map(map) };
    case 'conditional':
      return { ...node, yes: map(node.yes), no: map(node.no) };
    case 'group':
    case 'atomic':
    case 'look':
    case 'repeat':
      return { ...node, body: map(node.body) };
  }
}
