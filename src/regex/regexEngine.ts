// Chooses an engine for each pattern, and matches with it. JavaScript's engine is the fastest, but may need exponential
// time. It gets only patterns that provably do not. The others go to RE2, which is linear. A pattern that neither can
// match in bounded time is rejected.
import { RE2JS } from 're2js';
import { backtrackingCost } from './regexCost.ts';
import { printJavaScript, printRe2 } from './regexPrinter.ts';
import { needsCaptures } from './regexReferences.ts';
import { itemsOf, sequence, type RegexNode } from './regexSyntax.ts';

export type EngineName = 'javascript' | 'linear';

/** Tests whether an expression matches at the start of a byte string. */
export interface RegexEngine {
  readonly name: EngineName;
  test(text: string): boolean;
}

/** Thrown for an expression that no engine can match in bounded time. */
export class UnboundedRegexError extends Error {
  constructor(options?: ErrorOptions) {
    super('cannot be matched in bounded time', options);
    this.name = 'UnboundedRegexError';
  }
}

/**
 * The most steps that one expression may cost on a path of 4096 bytes. It allows two overlapping loops over the whole
 * path, with a few steps in each round. The bound is generous: such a path takes some hundredths of a second.
 */
const MAX_STEPS = 8 * 4096 ** 2;

/** Steps that all expressions of one matcher, with those for parts of the tree, may cost together. */
const MAX_TOTAL_STEPS = 4 * MAX_STEPS;

/** The remaining steps for matchers that work together. */
export class StepBudget {
  left: number = MAX_TOTAL_STEPS;
}

/** Expressions that cost less than this are not counted: however many there are, reading them took as long. */
const CHEAP_STEPS = 64 * 4096;

/** Characters of JavaScript source that are compiled as one, well within what V8 accepts. */
const MAX_SOURCE = 32768;

/** Nodes that an expression may have when its counted repetitions are written out. */
const MAX_EXPANDED_NODES = 20000;

/**
 * The most nodes for the linear engine, in all expressions together: about ten thousand patterns. Each node costs
 * memory once, and time for every path.
 */
const MAX_LINEAR_NODES = 200_000;

/**
 * Returns engines that together match whatever one of the expressions matches. They are few, because expressions are
 * joined. Expressions must be simplified and have no conditionals. Throws UnboundedRegexError for the one at
 * `failed.index`.
 */
export function compileEngines(
  nodes: readonly RegexNode[],
  failed: { index: number },
  budget: StepBudget = new StepBudget(),
): RegexEngine[] {
  const engines: RegexEngine[] = [];
  const joinable: RegexNode[] = [];
  const linear: number[] = [];
  let linearNodes = 0;
  for (const [index, node] of nodes.entries()) {
    failed.index = index;
    const size = expandedSize(node);
    const cost = size > MAX_EXPANDED_NODES ? Infinity : backtrackingCost(node);
    if (cost <= MAX_STEPS && (cost <= CHEAP_STEPS || cost <= budget.left)) {
      if (cost > CHEAP_STEPS) budget.left -= cost;
      if (needsCaptures(node)) engines.push(javaScriptEngine(printJavaScript(node)));
      else joinable.push(node);
    } else {
      // Counted before any is compiled, so that too many are rejected at once.
      linearNodes += size;
      if (linearNodes > MAX_LINEAR_NODES) throw new UnboundedRegexError();
      linear.push(index);
    }
  }
  const linearSources = linear.map(index => {
    failed.index = index;
    return linearSource(nodes[index]!);
  });
  for (const source of joinSources(joinable)) engines.unshift(javaScriptEngine(source));
  if (linear.length > 0) engines.push(linearEngine(linearSources.map(source => `(?:${source})`).join('|')));
  return engines;
}

function linearSource(node: RegexNode): string {
  const source = printRe2(node);
  if (source === undefined) throw new UnboundedRegexError();
  linearEngine(source);
  return source;
}

function linearEngine(source: string): RegexEngine {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(`\\A(?:${source})`);
  } catch (error) {
    // The expression was valid before it was printed, so that only its size can be at fault.
    throw new UnboundedRegexError({ cause: error });
  }
  return { name: 'linear', test: text => compiled.test(text) };
}

function javaScriptEngine(source: string): RegexEngine {
  let regex: RegExp;
  try {
    regex = new RegExp(`^(?:${source})`);
    // V8 may find out only on first use that a pattern is too large.
    regex.test('');
  } catch (error) {
    throw new UnboundedRegexError({ cause: error });
  }
  return { name: 'javascript', test: text => regex.test(text) };
}

/** Returns alternations of the nodes' sources. A common prefix (mostly '.*') is tried once for all that share it. */
function joinSources(nodes: readonly RegexNode[]): string[] {
  const groups = new Map<string, string[]>();
  for (const node of nodes) {
    const [first, ...rest] = itemsOf(node);
    const prefix = first !== undefined && isShareable(first) ? printJavaScript(sequence([first])) : '';
    const source = printJavaScript(prefix === '' ? node : sequence(rest));
    const group = groups.get(prefix);
    if (group === undefined) groups.set(prefix, [source]);
    else group.push(source);
  }
  const joined: string[] = [];
  let current: string[] = [];
  let length = 0;
  for (const [prefix, sources] of groups) {
    const opening = prefix === '' ? '' : /^[^(|]*$/.test(prefix) ? prefix : `(?:${prefix})`;
    for (let start = 0; start < sources.length;) {
      let end = start;
      let size = 0;
      while (end < sources.length && (end === start || size + sources[end]!.length < MAX_SOURCE)) {
        size += sources[end]!.length + 1;
        end++;
      }
      if (length + size > MAX_SOURCE && current.length > 0) {
        joined.push(current.join('|'));
        current = [];
        length = 0;
      }
      current.push(`${opening}(?:${sources.slice(start, end).join('|')})`);
      length += size;
      start = end;
    }
  }
  if (current.length > 0) joined.push(current.join('|'));
  return joined;
}

function isShareable(node: RegexNode): boolean {
  return (
    (node.type === 'repeat' && node.max === Infinity && node.body.type === 'set') ||
    (node.type === 'alternation' && node.branches.length === 2)
  );
}

/** The number of nodes there would be without counted repetition: RE2 writes it out, and V8 may. */
function expandedSize(node: RegexNode): number {
  switch (node.type) {
    case 'set':
    case 'anchor':
    case 'backreference':
      return 1;
    case 'sequence':
      return node.items.reduce((sum, item) => sum + expandedSize(item), 1);
    case 'alternation':
      return node.branches.reduce((sum, branch) => sum + expandedSize(branch), 1);
    case 'conditional':
      return expandedSize(node.yes) + expandedSize(node.no);
    case 'group':
    case 'atomic':
    case 'look':
      return 1 + expandedSize(node.body);
    case 'repeat':
      return 1 + expandedSize(node.body) * Math.max(1, node.min, node.max === Infinity ? 1 : node.max);
  }
}
