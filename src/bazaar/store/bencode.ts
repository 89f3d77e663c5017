// Bencode: the form of a revision.
import { QuicksilverError } from '../../base/errors.ts';

export type Bencoded = number | string | readonly Bencoded[] | ReadonlyMap<string, Bencoded>;

const MAX_DEPTH = 32;

/** Decodes one value, with texts as byte strings. Throws 'corrupt' for anything else. */
export function decodeBencode(bytes: Buffer, file: string): Bencoded {
  const text = bytes.toString('latin1');
  let at = 0;
  const bad = (): QuicksilverError => new QuicksilverError('corrupt', `${file}: damaged bencode at ${at}`, { file });
  const until = (end: string, pattern: RegExp): string => {
    const stop = text.indexOf(end, at);
    const part = stop < 0 ? '' : text.slice(at, stop);
    if (stop < 0 || !pattern.test(part)) throw bad();
    at = stop + 1;
    return part;
  };
  const value = (depth: number): Bencoded => {
    if (depth > MAX_DEPTH) throw bad();
    const character = text[at];
    if (character === 'i') {
      at++;
      return Number(until('e', /^-?\d{1,15}$/));
    }
    if (character === 'l') {
      at++;
      const items: Bencoded[] = [];
      while (text[at] !== 'e') items.push(value(depth + 1));
      at++;
      return items;
    }
    if (character === 'd') {
      at++;
      const entries = new Map<string, Bencoded>();
      while (text[at] !== 'e') {
        const key = value(depth + 1);
        if (typeof key !== 'string') throw bad();
        entries.set(key, value(depth + 1));
      }
      at++;
      return entries;
    }
    const length = Number(until(':', /^\d{1,10}$/));
    if (at + length > text.length) throw bad();
    at += length;
    return text.slice(at - length, at);
  };
  const decoded = value(0);
  if (at !== text.length) throw bad();
  return decoded;
}
