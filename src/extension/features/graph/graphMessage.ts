// Messages to the page of the graph: the page shows foreign texts, so their unseen characters become visible before.
import { oneLine } from '../../../base/foreignText.ts';

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
