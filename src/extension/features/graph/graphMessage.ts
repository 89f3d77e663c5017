// Messages of the page of the graph, and those to it. The page shows foreign texts, so their unseen characters become
// visible before.
import { oneLine } from '../../../base/foreignText.ts';

/** The place that the webview keeps. */
export interface Place {
  readonly node?: string;
  readonly other?: string;
  /** The first visible changeset; without it, the graph is at its top. */
  readonly anchor?: string;
  /** Those below it, in order. */
  readonly below?: readonly string[];
  /** The view that the webview shows, if it shows one. */
  readonly view?: number;
  /** How many rows the webview draws, and how many of them stand before the anchor. */
  readonly count?: number;
  readonly before?: number;
}

/** A message of the page. */
export type WebviewMessage =
  | ({ readonly type: 'ready' } & Place)
  | { readonly type: 'rows'; readonly view: number; readonly first: number; readonly count: number }
  | { readonly type: 'selected' | 'details' | 'open' | 'reveal'; readonly node?: string; readonly other?: string }
  | {
      readonly type: 'file';
      readonly node: string;
      readonly path: string;
      readonly source?: string;
      readonly parent?: string;
    }
  | { readonly type: 'filter' }
  | { readonly type: 'find'; readonly words: string };

export function isNode(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{40}$/.test(value);
}

/** Fields that the page sends back. They stay as they are. */
const KEPT = new Set(['node', 'path', 'source', 'words']);

/**
 * Returns a message whose texts hide and reorder nothing. An object with a path gets the text to show for it as
 * `shownPath`. The page takes texts as text alone, never as HTML.
 */
export function harmlessMessage(value: unknown): unknown {
  if (typeof value === 'string') return value.split('\n').map(oneLine).join('\n');
  if (Array.isArray(value)) return value.map(harmlessMessage);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value as Readonly<Record<string, unknown>>);
  const made: Record<string, unknown> = {};
  for (const [key, field] of fields) made[key] = KEPT.has(key) ? field : harmlessMessage(field);
  const { path } = made;
  return typeof path === 'string' ? { ...made, shownPath: oneLine(path) } : made;
}
