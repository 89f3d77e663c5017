// A binary file in the form that Git's patches have: deflated, in base 85.
import { deflate } from 'pako/lib/deflate.js';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';
/** Bytes in one line; its first letter is their number. */
const LINE = 52;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Returns the patch that makes a file have this content, as a byte string. The deflated bytes are those of zlib with
 * its default level; the zlib in Node makes others.
 */
export function binaryPatch(content: Buffer): string {
  const packed = deflate(content);
  const lines = [`GIT binary patch\nliteral ${content.length}\n`];
  for (let at = 0; at < packed.length; at += LINE) {
    const piece = packed.subarray(at, at + LINE);
    lines.push(`${LETTERS[piece.length - 1]!}${base85(piece)}\n`);
  }
  return `${lines.join('')}\n`;
}

/** Five digits for each four bytes. The last bytes are filled up with zeros, and all their digits are written. */
function base85(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    let number = 0;
    for (let byte = 0; byte < 4; byte++) number = number * 256 + (bytes[at + byte] ?? 0);
    let digits = '';
    for (let digit = 0; digit < 5; digit++) {
      digits = DIGITS[number % 85]! + digits;
      number = Math.floor(number / 85);
    }
    text += digits;
  }
  return text;
}
