import { WHITE_SPACE, withoutTrailing } from '../../base/lines.ts';

/** The effect of one line of a configuration file. Strings are byte strings. Lines count from 1. */
export type HgrcStatement =
  | { readonly type: 'section'; readonly name: string; readonly line: number }
  /** `line` is where the value ends, which is the line that Mercurial reports. */
  | { readonly type: 'item'; readonly name: string; readonly value: string; readonly line: number }
  | { readonly type: 'unset'; readonly name: string; readonly line: number }
  | { readonly type: 'include'; readonly path: string; readonly line: number }
  /** Mercurial stops at such a line. Nothing comes after it. */
  | { readonly type: 'error'; readonly message: string; readonly line: number };

const BLANK = /^[ \t\n\r\v\f]*$/;
const CONTINUATION = /^[ \t\v\f]+([^ \t\n\r\v\f].*)$/s;
const INCLUDE = /^%include[ \t\v\f]+([^ \t\n\r\v\f].*)$/s;
const UNSET = /^%unset[ \t\v\f]+([^ \t\n\r\v\f]+)/;
const SECTION = /^\[([^[]+)\]/;

const BYTE_ORDER_MARK = '\xef\xbb\xbf';

/**
 * Parses a configuration file, given as a byte string. A line that begins with white space continues the value above
 * it, even after a comment, but not after a blank line.
 */
export function parseHgrc(content: string): HgrcStatement[] {
  const statements: HgrcStatement[] = [];
  // Index into `statements` of the item that a continuation line would continue.
  let current: number | undefined;
  const text = content.startsWith(BYTE_ORDER_MARK) ? content.slice(BYTE_ORDER_MARK.length) : content;
  let line = 0;
  for (const raw of text.split(/\r\n|\n|\r/)) {
    line++;
    if (raw.startsWith('#') || raw.startsWith(';')) continue;
    const trimmed = trimEnd(raw);
    if (current !== undefined) {
      const more = CONTINUATION.exec(trimmed)?.[1];
      const item = statements[current];
      if (more !== undefined && item?.type === 'item') {
        statements[current] = { ...item, value: `${item.value}\n${more}`, line };
        continue;
      }
      current = undefined;
    }
    if (BLANK.test(raw)) continue;
    const statement = statementOf(trimmed, line);
    if (statement.type === 'item') current = statements.length;
    statements.push(statement);
    if (statement.type === 'error') break;
  }
  return statements;
}

function statementOf(trimmed: string, line: number): HgrcStatement {
  const include = INCLUDE.exec(trimmed)?.[1];
  if (include !== undefined) return { type: 'include', path: include, line };
  const section = SECTION.exec(trimmed)?.[1];
  if (section !== undefined) return { type: 'section', name: section, line };
  const item = itemOf(trimmed);
  const unset = UNSET.exec(trimmed)?.[1];
  if (unset !== undefined) return { type: 'unset', name: unset, line };
  if (item !== undefined) return { type: 'item', ...item, line };
  const indented = /^[ \t\v\f]/.test(trimmed);
  return { type: 'error', message: indented ? `unexpected leading whitespace: ${trimmed}` : trimmed, line };
}

/** The name before the first '=', which does not begin with white space, and the value after it. */
function itemOf(trimmed: string): { readonly name: string; readonly value: string } | undefined {
  const equals = trimmed.indexOf('=');
  if (equals < 1 || /^[ \t\n\r\v\f]/.test(trimmed)) return undefined;
  return { name: trimEnd(trimmed.slice(0, equals)), value: trimmed.slice(equals + 1).replace(/^[ \t\n\r\v\f]+/, '') };
}

function trimEnd(text: string): string {
  return withoutTrailing(text, WHITE_SPACE);
}
