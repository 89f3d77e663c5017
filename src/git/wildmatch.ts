// Git's wildcards, on byte strings: `?`, `*`, `[…]`, `\x`, and `**` for any number of directories. The matcher keeps
// the set of states a pattern can be in: no pattern takes more time than its length times that of the text.

const SLASH = 0x2f;
const BACKSLASH = 0x5c;

/** One step of a pattern: which bytes it takes, and whether it takes any number of them. */
interface Step {
  /** By byte. */
  readonly takes: Uint8Array;
  readonly repeats: boolean;
  /** States to go on with that take nothing, beside the next one of a step that repeats. */
  readonly skipTo: number | undefined;
}

/** A compiled pattern; undefined for one that matches nothing. */
export type Wildcards = readonly Step[] | undefined;

const ANY = new Uint8Array(256).fill(1);
const NOTHING = new Uint8Array(256);
const NOT_SLASH = ANY.slice();
NOT_SLASH[SLASH] = 0;

/**
 * Compiles a pattern that is matched with whole paths: `*`, `?` and `[…]` do not match `/`.
 * @param fold ignore the case of ASCII letters
 * @param spans true if `*` and `?` match `/`, too
 */
export function compileWildcards(pattern: string, fold: boolean, spans = false): Wildcards {
  const wild = spans ? ANY : NOT_SLASH;
  const steps: Step[] = [];
  const one = (takes: Uint8Array): number => steps.push({ takes, repeats: false, skipTo: undefined });
  for (let at = 0; at < pattern.length;) {
    const character = pattern[at]!;
    if (character === '\\') {
      if (at + 1 === pattern.length) return undefined;
      one(literal(pattern.charCodeAt(at + 1), fold));
      at += 2;
    } else if (character === '?') {
      one(wild);
      at++;
    } else if (character === '[') {
      const parsed = parseClass(pattern, at + 1, fold);
      if (parsed === undefined) return undefined;
      one(parsed.takes);
      at = parsed.end;
    } else if (character === '*') {
      const start = at;
      while (pattern[at] === '*') at++;
      const rest = pattern.slice(at, at + 2);
      const isBetween = start === 0 || pattern[start - 1] === '/';
      const isMany = at - start > 1 && isBetween && (rest === '' || rest.startsWith('/') || rest === '\\/');
      if (isMany && rest.startsWith('/') && !spans) {
        // Any number of directories, also none: then the slash is not there either.
        steps.push({ takes: NOTHING, repeats: true, skipTo: steps.length + 3 });
        steps.push({ takes: ANY, repeats: true, skipTo: undefined });
        one(literal(SLASH, false));
        at++;
      } else {
        steps.push({ takes: isMany ? ANY : wild, repeats: true, skipTo: undefined });
      }
    } else {
      one(literal(pattern.charCodeAt(at), fold));
      at++;
    }
  }
  return steps;
}

/** True if the whole of `text` from `start` matches. */
export function matchesWildcards(pattern: Wildcards, text: string, start = 0): boolean {
  if (pattern === undefined) return false;
  const end = pattern.length;
  const [first] = pattern;
  // Most patterns that do not match differ in the first byte; a NaN is no index.
  if (first?.repeats === false && first.takes[text.charCodeAt(start)] !== 1) return false;
  let [states, next] = cleared(end + 1);
  const enter = (set: Uint8Array, state: number): void => {
    for (let at = state; set[at] === 0;) {
      set[at] = 1;
      const step = pattern[at];
      if (step?.repeats !== true) return;
      if (step.skipTo !== undefined) enter(set, step.skipTo);
      at++;
    }
  };
  enter(states, 0);
  for (let i = start; i < text.length; i++) {
    const byte = text.charCodeAt(i);
    let isAlive = false;
    for (let at = 0; at < end; at++) {
      if (states[at] === 0) continue;
      const step = pattern[at]!;
      if (step.takes[byte] === 0) continue;
      enter(next, step.repeats ? at : at + 1);
      isAlive = true;
    }
    if (!isAlive) return false;
    [states, next] = [next, states];
    next.fill(0, 0, end + 1);
  }
  return states[end] === 1;
}

/** The sets of states of the match that runs. Each is longer than the pattern of any match before. */
let scratch: [Uint8Array, Uint8Array] = [new Uint8Array(256), new Uint8Array(256)];

/** Returns two empty sets for `length` states. */
function cleared(length: number): [Uint8Array, Uint8Array] {
  if (scratch[0].length < length) scratch = [new Uint8Array(2 * length), new Uint8Array(2 * length)];
  for (const set of scratch) set.fill(0, 0, length);
  return scratch;
}

/** Steps that take one byte, by byte, and for both cases: patterns share them. */
const LITERALS: (Uint8Array | undefined)[] = [];

function literal(byte: number, fold: boolean): Uint8Array {
  const at = fold ? byte + 256 : byte;
  let takes = LITERALS[at];
  if (takes === undefined) {
    takes = new Uint8Array(256);
    takes[byte] = 1;
    LITERALS[at] = fold ? folded(takes) : takes;
  }
  return takes;
}

/** Adds the other case of each ASCII letter. */
function folded(takes: Uint8Array): Uint8Array {
  for (let lower = 0x61; lower <= 0x7a; lower++) {
    const either = takes[lower] === 1 || takes[lower - 32] === 1 ? 1 : 0;
    takes[lower] = takes[lower - 32] = either;
  }
  return takes;
}

/** Parses a class after its `[`; undefined if it is not closed or names an unknown class of characters. */
function parseClass(pattern: string, start: number, fold: boolean): { takes: Uint8Array; end: number } | undefined {
  const takes = new Uint8Array(256);
  let at = start;
  const isNegated = pattern[at] === '!' || pattern[at] === '^';
  if (isNegated) at++;
  let previous = -1;
  for (let isFirst = true; isFirst || pattern[at] !== ']'; isFirst = false) {
    if (at >= pattern.length) return undefined;
    let byte = pattern.charCodeAt(at);
    if (byte === 0x2d && previous >= 0 && at + 1 < pattern.length && pattern[at + 1] !== ']') {
      at++;
      if (pattern[at] === '\\') at++;
      if (at >= pattern.length) return undefined;
      const last = pattern.charCodeAt(at);
      for (let each = previous; each <= last; each++) takes[each] = 1;
      previous = -1;
      at++;
      continue;
    }
    if (byte === 0x5b && pattern[at + 1] === ':') {
      const close = pattern.indexOf(']', at + 2);
      if (close < 0) return undefined;
      if (pattern[close - 1] === ':' && close - 1 >= at + 2) {
        const test = CLASSES[pattern.slice(at + 2, close - 1)];
        if (test === undefined) return undefined;
        for (let each = 0; each < 128; each++) if (test.test(String.fromCharCode(each))) takes[each] = 1;
        previous = -1;
        at = close + 1;
        continue;
      }
    }
    if (byte === BACKSLASH) {
      at++;
      if (at >= pattern.length) return undefined;
      byte = pattern.charCodeAt(at);
    }
    takes[byte] = 1;
    previous = byte;
    at++;
  }
  if (fold) folded(takes);
  if (isNegated) for (let each = 0; each < 256; each++) takes[each] = 1 - takes[each]!;
  takes[SLASH] = 0;
  return { takes, end: at + 1 };
}

const CLASSES: Readonly<Record<string, RegExp | undefined>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\0-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};
