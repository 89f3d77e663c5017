// Encodes a version of a file as a `quicksilver:` URI. The path is the file's, so that its name and language are
// visible. The query names the repository, file and revision. Plain data, no `vscode`.

import { shortNode } from '../common/changesetIds.ts';

export const CONTENT_SCHEME = 'quicksilver';

/** The version that a file's changes are compared with; it follows the working copy. All other revisions are fixed. */
export const BASE = 'base';

export interface ContentAddress {
  /** As the engine spells it. */
  readonly root: string;
  /** Relative to the root. */
  readonly path: string;
  /** {@link BASE}, the 40 hexadecimal digits of a changeset, or of a revision of the file itself after 'file:'. */
  readonly revision: string;
  /** The revision's name in titles. */
  readonly label: string;
}

export function toQuery({ root, path, revision, label }: ContentAddress): string {
  return JSON.stringify({ root, path, revision, label });
}

/**
 * Returns the address in a query; undefined if it has none. URIs come from anywhere: a restored editor, a link, a user.
 */
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
  if (revision !== BASE && !/^(file:)?([0-9a-f]{40}|[0-9a-f]{64})$/.test(revision)) return undefined;
  return { root, path, revision, label: typeof label === 'string' ? label : shortNode(revision) };
}
