// Characters as bytes. Breezy's expressions work on characters, the engine's on bytes. A pattern that names few
// characters beyond ASCII cannot distinguish the others, except by their class. So each named character gets a byte of
// its own, and each class of all others another one.
import { isAscii, toDisplay } from '../../base/bytePath.ts';

/** Bytes of characters that no pattern names, by class. */
const OTHER = '\x80';
const WORD = '\x81';
const DIGIT = '\x82';
const SPACE = '\x83';
/** U+0080 to U+009F, which the class [:cntrl:] has; of these, U+0085 is a space. */
const CONTROL = '\x84';
const CONTROL_SPACE = '\x85';
const FIRST_NAMED = 0x86;

const IS_WORD = /^[\p{L}\p{N}]$/u;
const IS_DIGIT = /^\p{Nd}$/u;
const IS_SPACE = /^[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/u;
const IS_CONTROL = /^[\x80-\x9f]$/u;

export class Alphabet {
  readonly #named = new Map<string, string>();
  /** False if patterns name more characters than there are bytes. */
  readonly isLargeEnough: boolean;
  /** The members of classes beside their ASCII characters: bytes to put between brackets. */
  readonly words: string;
  readonly digits: string;
  readonly spaces: string;
  readonly controls: string;

  /** @param patterns the texts of all patterns that are asked together */
  constructor(patterns: Iterable<string>) {
    const characters = new Set<string>();
    for (const pattern of patterns) {
      if (isAscii(pattern)) continue;
      for (const character of pattern) if (!isAscii(character)) characters.add(character);
    }
    this.isLargeEnough = characters.size <= 0x100 - FIRST_NAMED;
    let next = FIRST_NAMED;
    for (const character of [...characters].slice(0, 0x100 - FIRST_NAMED)) {
      this.#named.set(character, String.fromCharCode(next++));
    }
    this.words = this.#bytesOf(IS_WORD, WORD + DIGIT);
    this.digits = this.#bytesOf(IS_DIGIT, DIGIT);
    // Python counts U+001C to U+001F as spaces in text, and not in bytes.
    this.spaces = this.#bytesOf(IS_SPACE, `${SPACE}${CONTROL_SPACE}\x1c-\x1f`);
    this.controls = this.#bytesOf(IS_CONTROL, CONTROL + CONTROL_SPACE);
  }

  /** The bytes for a text: those of a path's UTF-8, in which other bytes count as characters without a class. */
  ofPath(path: string): string {
    return isAscii(path) ? path : this.ofText(toDisplay(path));
  }

  ofText(text: string): string {
    if (isAscii(text)) return text;
    let bytes = '';
    for (const character of text) bytes += isAscii(character) ? character : this.#byteOf(character);
    return bytes;
  }

  #byteOf(character: string): string {
    const named = this.#named.get(character);
    if (named !== undefined) return named;
    if (IS_DIGIT.test(character)) return DIGIT;
    if (IS_WORD.test(character)) return WORD;
    if (IS_CONTROL.test(character)) return IS_SPACE.test(character) ? CONTROL_SPACE : CONTROL;
    return IS_SPACE.test(character) ? SPACE : OTHER;
  }

  #bytesOf(test: RegExp, others: string): string {
    let bytes = others;
    for (const [character, byte] of this.#named) if (test.test(character)) bytes += byte;
    return bytes;
  }
}
