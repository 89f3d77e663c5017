// A revision: who recorded what when.
import { QuicksilverError } from '../../base/errors.ts';
import { decodeBencode, type Bencoded } from './bencode.ts';

/** All texts are byte strings. */
export interface BazaarRevision {
  readonly id: string;
  readonly parents: readonly string[];
  /** Names with addresses: those of the property `authors` or `author`, or the committer. */
  readonly authors: readonly string[];
  readonly message: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** Seconds east of Greenwich. */
  readonly timezone: number;
  readonly inventorySha1: string;
}

/** Decodes a revision. Throws 'corrupt' for damage. */
export function parseRevision(bytes: Buffer, file: string): BazaarRevision {
  const fields = new Map<string, Bencoded>();
  const bad = (what: string): QuicksilverError =>
    new QuicksilverError('corrupt', `${file}: a revision ${what}`, { file });
  const pairs = decodeBencode(bytes, file);
  if (!Array.isArray(pairs)) throw bad('is no list');
  for (const pair of pairs as readonly Bencoded[]) {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string') throw bad('has a malformed field');
    fields.set(pair[0], pair[1] as Bencoded);
  }
  const text = (name: string): string => {
    const value = fields.get(name);
    if (typeof value !== 'string') throw bad(`has no ${name}`);
    return value;
  };
  const parents = fields.get('parent-ids');
  if (!Array.isArray(parents) || !parents.every(parent => typeof parent === 'string')) throw bad('has no parent-ids');
  const properties = fields.get('properties');
  const property = (name: string): string | undefined => {
    const value = properties instanceof Map ? (properties as ReadonlyMap<string, Bencoded>).get(name) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const timezone = fields.get('timezone');
  const timestamp = Number(text('timestamp'));
  if (!Number.isFinite(timestamp) || Math.abs(timestamp) > 1e12) throw bad('has an impossible timestamp');
  const authors = property('authors')?.split('\n') ?? [property('author') ?? text('committer')];
  return {
    id: text('revision-id'),
    parents,
    authors,
    message: text('message'),
    timestamp,
    timezone: typeof timezone === 'number' ? timezone : 0,
    inventorySha1: text('inventory-sha1'),
  };
}
