// Paths as Mercurial sees them: bytes. A byte string is a JavaScript string with one character (U+0000 to U+00FF) per
// byte. Comparing, slicing and matching such a string compares, slices and matches bytes.

declare const brand: unique symbol;

/**
 * A path relative to the root of a repository, as a byte string: '/' between components, none at either end. The root
 * itself is ''. Never pass one to `fs` or show it directly: see {@link toFsPath} and {@link toDisplay}.
 */
export type BytePath = string & { readonly [brand]: 'BytePath' };

export const ROOT_PATH = '' as BytePath;

/** Declares that `bytes` already is a byte string (from a latin-1 read). Costs nothing, checks nothing. */
export function bytePath(bytes: string): BytePath {
  return bytes as BytePath;
}

export function joinPath(directory: BytePath, name: string): BytePath {
  return (directory === '' ? name : `${directory}/${name}`) as BytePath;
}

/** The directory a path is in; '' for a path at the root (and for the root itself). */
export function parentPath(path: BytePath): BytePath {
  const slash = path.lastIndexOf('/');
  return (slash < 0 ? '' : path.slice(0, slash)) as BytePath;
}

export function baseName(path: BytePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** True if `path` is `directory` or lies below it. */
export function isAtOrBelow(path: BytePath, directory: BytePath): boolean {
  return (
    directory === '' ||
    (path.startsWith(directory) && (path.length === directory.length || path.charCodeAt(directory.length) === 0x2f))
  );
}

const NOT_WITHIN = /(?:^|\/)(?:\.{0,2})(?:\/|$)|\0/;

/**
 * True if the path names something below the root: relative, with no empty, '.' or '..' component and no NUL. Check
 * every path from outside the program with it. False for the root itself.
 */
export function isWithinRoot(path: string): path is BytePath {
  return !NOT_WITHIN.test(path);
}

/** Orders byte strings as Mercurial does: by unsigned bytes. */
export function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const NON_ASCII = /[^\x00-\x7f]/;

/** True if every byte is the same in UTF-8, so that no conversion is needed. */
export function isAscii(text: string): boolean {
  return !NON_ASCII.test(text);
}

/** Returns the path that `fs` functions take for `path` below `root` (an absolute path as an ordinary string). */
export function toFsPath(root: string, path: BytePath): string | Buffer {
  if (path === '') return root;
  if (isAscii(path)) return `${root}/${path}`;
  return Buffer.concat([Buffer.from(`${root}/`, 'utf8'), Buffer.from(path, 'latin1')]);
}

/**
 * Returns the text that a user sees, which is also the form in JSON: decoded UTF-8. A byte that is not UTF-8 becomes
 * the lone surrogate U+DC00 + byte, as in Python (and `hg -T json`). {@link fromDisplay} restores it exactly.
 */
export function toDisplay(path: string): string {
  if (isAscii(path)) return path;
  const bytes = Buffer.from(path, 'latin1');
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  let out = '';
  for (let i = 0; i < bytes.length;) {
    const length = validSequenceLength(bytes, i);
    if (length === 0) {
      out += String.fromCharCode(0xdc00 + bytes[i]!);
      i += 1;
    } else {
      out += bytes.toString('utf8', i, i + length);
      i += length;
    }
  }
  return out;
}

/** Returns the byte string of a text that {@link toDisplay} made, or a user typed. */
export function fromDisplay(text: string): BytePath {
  if (isAscii(text)) return text as BytePath;
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    out +=
      code >= 0xdc80 && code <= 0xdcff
        ? String.fromCharCode(code - 0xdc00)
        : Buffer.from(character, 'utf8').toString('latin1');
  }
  return out as BytePath;
}

/** True if every byte of the path is part of valid UTF-8, so that an editor can name the file. */
export function isUtf8(path: BytePath): boolean {
  return isAscii(path) || Buffer.from(Buffer.from(path, 'latin1').toString('utf8'), 'utf8').toString('latin1') === path;
}

/** Length of the valid UTF-8 sequence at `at`, or 0. Follows the table of well-formed sequences in Unicode 3.9. */
function validSequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const second = bytes[at + 1];
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second === undefined || second < low || second > high) return 0;
  for (let i = 2; i < length; i++) {
    const next = bytes[at + i];
    if (next === undefined || next < 0x80 || next > 0xbf) return 0;
  }
  return length;
}
