// Character classes of Python's regular expressions over bytes. They share some escapes with the rest of a pattern.
import {
  ALL_BYTES,
  DIGITS,
  NO_BYTES,
  SPACES,
  WORD_BYTES,
  byteRange,
  foldCase,
  singleByte,
  type ByteSet,
} from './regexSyntax.ts';
import { isDigit, isHex, isOctal, type RegexScanner } from './regexScanner.ts';

const SIMPLE_ESCAPES = new Map<string, number>([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['\\', 0x5c],
]);

/** The sets of escapes such as '\d', by letter. */
export const CATEGORIES = new Map<string, ByteSet>([
  ['d', DIGITS],
  ['D', ALL_BYTES ^ DIGITS],
  ['s', SPACES],
  ['S', ALL_BYTES ^ SPACES],
  ['w', WORD_BYTES],
  ['W', ALL_BYTES ^ WORD_BYTES],
]);

/** Escapes that mean the same inside and outside of a class; the letter is already consumed. */
export function commonEscape(scanner: RegexScanner, char: string, start: number): number {
  const simple = SIMPLE_ESCAPES.get(char);
  if (simple !== undefined) return simple;
  if (char === 'x') {
    const digits = scanner.while(2, isHex);
    if (digits.length !== 2) scanner.fail('incomplete escape', start);
    return parseInt(digits, 16);
  }
  if (/[a-zA-Z]/.test(char)) scanner.fail(`bad escape \\${char}`, start);
  return char.charCodeAt(0);
}

/** Reads a class after its '[', which is at `start`. Throws a RegexSyntaxError where Python does. */
export function characterClass(scanner: RegexScanner, ignoreCase: boolean, start: number): ByteSet {
  const negated = scanner.take('^');
  const first = scanner.at;
  let set = NO_BYTES;
  for (;;) {
    if (scanner.at > first && scanner.take(']')) break;
    const from = scanner.at;
    const low = classMember(scanner, start);
    if (scanner.text[scanner.at] === '-') {
      scanner.at++;
      if (scanner.take(']')) {
        set |= (typeof low === 'number' ? singleByte(low) : low) | singleByte(0x2d);
        break;
      }
      const high = classMember(scanner, start);
      if (typeof low !== 'number' || typeof high !== 'number' || high < low) {
        scanner.fail('bad character range', from);
      }
      set |= byteRange(low, high);
    } else {
      set |= typeof low === 'number' ? singleByte(low) : low;
    }
  }
  if (ignoreCase) set = foldCase(set);
  return negated ? ALL_BYTES ^ set : set;
}

function classMember(scanner: RegexScanner, classStart: number): number | ByteSet {
  const start = scanner.at;
  const char = scanner.text[scanner.at++];
  if (char === undefined) scanner.fail('unterminated character set', classStart);
  if (char !== '\\') return char.charCodeAt(0);
  const escaped = scanner.text[scanner.at++];
  if (escaped === undefined) scanner.fail('bad escape (end of pattern)', start);
  const category = CATEGORIES.get(escaped);
  if (category !== undefined) return category;
  if (isOctal(escaped)) {
    const byte = parseInt(escaped + scanner.while(2, isOctal), 8);
    if (byte > 0xff) scanner.fail('octal escape value outside of range 0-0o377', start);
    return byte;
  }
  if (isDigit(escaped)) scanner.fail(`bad escape \\${escaped}`, start);
  return commonEscape(scanner, escaped, start);
}
