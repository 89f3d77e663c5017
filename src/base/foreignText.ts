// Foreign text: everything read from a repository, a process or a network. A place where text is shown may take parts
// of it for markup, and some characters hide, reorder or overwrite others. These functions make any text harmless.
//
// Facts, tried with VS Code 1.139.1:
// - A notification turns `[text](target)` into a link if the target begins with `command:`, `http:`, `https:` or
//   `file:`. The title and the message of a progress notification are one text.
// - The prompt and the validation message of an input box take links and icons: `$(name)`.
// - The label, description and detail of a quick pick item and the text of a status bar item take icons. VS Code's own
//   escape, `\$(name)`, is right on the screen, but a screen reader reads the name of the icon all the same.
// - Modal dialogs, titles, placeholders, separators, labels in the Source Control view, string labels and tooltips of
//   tree items, and titles of editors are plain text. A line break in a dialog or a tooltip begins a line.
// An invisible word joiner between two characters of such markup breaks it for every parser. The text looks and reads
// as it is written.
import { fromDisplay, toDisplay } from './bytePath.ts';

const JOINER = '\u2060';

/** Letters between which a joiner or non-joiner changes the shape of the letters, and so is seen. */
const SHAPED = String.raw`[\p{scx=Arab}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}]`;
const EMOJI = String.raw`\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f]*`;
/** Joiners and selectors that are seen where they are: inside of an emoji or a shaped script. */
const SEEN = String.raw`(?<=${EMOJI})\u200d(?=\p{Extended_Pictographic})|(?<=\p{Emoji}\p{Emoji_Modifier}?)\ufe0f|(?<=${SHAPED})[\u200c\u200d](?=${SHAPED})`;
/** Control characters, lone surrogates, line separators, interlinear annotations, and all that is not for display. */
const UNSEEN = String.raw`\p{Cc}|\p{Cs}|[\u2028\u2029\ufff9-\ufffb]|\p{Default_Ignorable_Code_Point}`;
const SEEN_OR_UNSEEN = new RegExp(String.raw`(${SEEN})|\r\n|${UNSEEN}`, 'gu');
/** Most texts have nothing of the kind, and are found to in one fast pass. */
const MAY_BE_UNSEEN = /[^\x20-\x7e\xa1-\xac\xae-\u02ff]/;
const LINE_BREAK = /^(?:\r\n|[\n\r\v\f\x85\u2028\u2029])$/;

/** The text in one line. Every character that is not seen becomes an escape: `\x1b`, `\u202e`, `⏎` for line breaks. */
export function oneLine(text: string): string {
  return MAY_BE_UNSEEN.test(text) ? withEscapes(text, '⏎') : text;
}

/** For places that take `[text](target)` for a link: notifications, prompts. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', `]${JOINER}(`);
}

/** For places that take `$(name)` for an icon: quick picks, the status bar, prompts. */
export function withoutIcons(text: string): string {
  return text.replaceAll('$(', `$${JOINER}(`);
}

/** The text inside of Markdown: no character of it is markup, begins a block, or makes an address into a link. */
export function inMarkdown(text: string): string {
  return oneLine(text).replace(/[!-/:-@[-`{-~]|^ | $| (?= )/g, character => `&#${character.charCodeAt(0)};`);
}

/**
 * A byte string (see bytePath.ts) for a terminal: no byte moves the cursor, begins a line or an escape sequence, or
 * hides others. Bytes that are not UTF-8 stay, except 0x80 to 0x9f: the terminal may have another encoding.
 */
export function nameForTerminal(bytes: string): string {
  if (!/[^\x20-\x7e]/.test(bytes)) return bytes;
  return fromDisplay(withEscapes(toDisplay(bytes), undefined, /^[\udca0-\udcff]$/));
}

/** JSON as bytes for a terminal, see {@link nameForTerminal}. It stays the same JSON: each escape is `\uXXXX`. */
export function jsonForTerminal(bytes: string): string {
  const json = toDisplay(bytes);
  const harmless = json.replace(SEEN_OR_UNSEEN, (found: string, seen: string | undefined) =>
    seen !== undefined || /^[\n\ud800-\udfff]$/.test(found) ? found : found.replace(/[^]/g, unicodeEscape),
  );
  return fromDisplay(harmless);
}

/** Sequences that set a color, bold, dim, italic, underline or inverse, and control characters. */
const STYLE_OR_CONTROL = /\x1b\[0(?:;(?:[0-47]|[34][0-7]))*m|\r\n|\xc2[\x80-\x9f]|[\x00-\x08\x0b-\x1f\x7f]/g;

/** Makes the pieces of an output harmless for a terminal, one after the other: line breaks, tabs and styles stay. */
export function outputForTerminal(): (bytes: string) => string {
  let held = '';
  return bytes => {
    const all = held + bytes;
    // The first byte of a control character in UTF-8 waits for the second one, and a carriage return for its line feed.
    held = /[\xc2\r]$/.exec(all)?.[0] ?? '';
    return all
      .slice(0, all.length - held.length)
      .replace(STYLE_OR_CONTROL, found => (found.length > 2 || found === '\r\n' ? found : escapedByte(found)));
  };
}

function escapedByte(control: string): string {
  return `\\x${hex(control.charCodeAt(control.length - 1), 2)}`;
}

function withEscapes(text: string, lineBreak: string | undefined, stays?: RegExp): string {
  return text.replace(SEEN_OR_UNSEEN, (found: string, seen: string | undefined) => {
    if (seen !== undefined || stays?.test(found) === true) return found;
    return lineBreak !== undefined && LINE_BREAK.test(found) ? lineBreak : found.replace(/[^]/gu, escape);
  });
}

function escape(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  // A byte that is not UTF-8, see toDisplay.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`;
  return code > 0xffff ? `\\u{${hex(code, 0)}}` : `\\u${hex(code, 4)}`;
}

function unicodeEscape(unit: string): string {
  return `\\u${hex(unit.charCodeAt(0), 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
