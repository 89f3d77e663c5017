// How a version of a file is written as a `quicksilver:` URI: the path is the file's, so that its name and language are
// seen; the query says which repository, file and revision are meant. Plain data, no `vscode`.

import { shortNode } from '../common/changesetIds.ts';

export const CONTENT_SCHEME = 'quicksilver';

/** What a file's changes are measured against; follows the working copy. All other revisions are fixed. */
export const BASE = 'base';

export interface ContentAddress {
  /** As the engine spells it. */
  readonly root: string;
  /** Relative to the root. */
  readonly path: string;
  /** {@link BASE}, the 40 hexadecimal digits of a changeset, or of a revision of the file itself after 'file:'. */
  readonly revision: string;
  /** What titles say of the revision. */
  readonly label: string;
}

export function toQuery({ root, path, revision, label }: ContentAddress): string {
  return JSON.stringify({ root, path, revision, label });
}

/** The address in a query; undefined if it is none. URIs come from anywhere: an editor restored, a link, a person. */
export function fromQuery(query: string): ContentAddress | undefined {
  let value: unknown;
  try {
    value = JSON.parse(query);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { root, path, revision, label } = value as Record<string, unknown>;
  if (typeof root !== 'string' || typeof path !== 'string' || typeof revision !== 'string') return undefined;
  if (revision !== BASE && !/^(file:)?[0-9a-f]{40}$/.test(revision)) return undefined;
  return { root, path, revision, label: typeof label === 'string' ? label : shortNode(revision) };
}
