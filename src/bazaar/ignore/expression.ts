// Python's regular expressions over text, as expressions over the bytes of an alphabet.
import { InexpressibleRegexError } from '../../regex/regexErrors.ts';
import { resolveReferences } from '../../regex/regexReferences.ts';
import { parseRegex } from '../../regex/regexParser.ts';
import { RegexSyntaxError } from '../../regex/regexScanner.ts';
import { simplify } from '../../regex/regexSimplify.ts';
import type { RegexNode } from '../../regex/regexSyntax.ts';
import type { Alphabet } from './alphabet.ts';

export interface Expression {
  readonly node: RegexNode;
  /** True if it has word boundaries, which are known for ASCII alone. */
  readonly isForAscii: boolean;
}

/**
 * Parses an expression that has to match up to the end of a path, or up to a newline there.
 * Throws a RegexSyntaxError or a RegexTooDeepError as the parser does, an InexpressibleRegexError for what bytes cannot
 * express.
 */
export function parseExpression(source: string, alphabet: Alphabet): Expression {
  const global = /\(\?[aiLmsux]+\)/.exec(source);
  if (global !== null) throw new RegexSyntaxError('global flags not at the start of the expression', global.index);
  if (/\(\?[aiLmsux]*-?[aiLmsux]+:/.test(source)) throw new InexpressibleRegexError('flags');
  const { text, isForAscii } = inBytes(source, alphabet);
  return { node: simplify(resolveReferences(parseRegex(`(?:${text})$`))), isForAscii };
}

/** Rewrites classes and characters beyond ASCII. */
function inBytes(source: string, alphabet: Alphabet): { text: string; isForAscii: boolean } {
  let text = '';
  let isForAscii = false;
  let isInSet = false;
  const characters = Array.from(source);
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (character !== '\\') {
      if (isInSet) {
        if (character === ']') isInSet = false;
        else if (isRangeBeyondAscii(characters, at)) throw new InexpressibleRegexError('a range beyond ASCII');
      } else if (character === '[') {
        isInSet = true;
        text += '[';
        if (characters[at + 1] === '^') text += characters[++at]!;
        if (characters[at + 1] === ']') text += characters[++at]!;
        continue;
      }
      text += alphabet.ofText(character);
      continue;
    }
    const escaped = characters[++at] ?? '';
    const rest = characters.slice(at, at + 3).join('');
    if (/^x7f$/.test(rest) && characters.slice(at + 3, at + 8).join('') === '-\\x9f') {
      // The end of [:cntrl:], which is the only name for these characters that is supported.
      text += `\\x7f${alphabet.controls}`;
      at += 7;
    } else if (/^(?:x[89a-fA-F]|[uUN]|[23][0-7]{2})/.test(rest)) {
      throw new InexpressibleRegexError('an escape of a character beyond ASCII');
    } else {
      if (escaped === 'b' || escaped === 'B') isForAscii ||= !isInSet;
      text += classOf(escaped, isInSet, alphabet) ?? `\\${alphabet.ofText(escaped)}`;
    }
  }
  return { text, isForAscii };
}

function isRangeBeyondAscii(characters: readonly string[], at: number): boolean {
  if (characters[at] !== '-') return false;
  return [characters[at - 1], characters[at + 1]].some(beside => beside !== undefined && beside > '\x7f');
}

function classOf(letter: string, isInSet: boolean, alphabet: Alphabet): string | undefined {
  const lower = letter.toLowerCase();
  const bytes =
    lower === 'w' ? alphabet.words : lower === 'd' ? alphabet.digits : lower === 's' ? alphabet.spaces : undefined;
  if (bytes === undefined || letter.length !== 1) return undefined;
  const inside = `\\${lower}${bytes}`;
  if (letter === lower) return isInSet ? inside : `[${inside}]`;
  if (isInSet) throw new InexpressibleRegexError(`\\${letter} in a set`);
  return `[^${inside}]`;
}
