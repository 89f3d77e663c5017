// Extracts prose from Markdown, comments and string bundles, as sentences with the line on which each begins.

export interface Sentence {
  readonly line: number;
  readonly text: string;
}

export interface Prose {
  readonly sentences: readonly Sentence[];
  /** Lines whose width the rules limit. Tables, code blocks and long links are not among them. */
  readonly lines: readonly Sentence[];
}

interface Block {
  readonly line: number;
  readonly lines: string[];
}

/** Returns the sentences of a Markdown page: paragraphs, list items, table cells and headings. */
export function markdownProse(text: string): Prose {
  const blocks: Block[] = [];
  const lines: Sentence[] = [];
  let current: Block | undefined;
  let fence: string | undefined;
  const withoutHidden = text.replace(/<!--[^]*?-->/g, hidden => hidden.replace(/[^\n]/g, ''));
  for (const [index, raw] of withoutHidden.split('\n').entries()) {
    const line = index + 1;
    const mark = /^\s*(```|~~~)/.exec(raw)?.[1];
    if (fence !== undefined || mark !== undefined) {
      if (fence === undefined) fence = mark;
      else if (mark === fence) fence = undefined;
      current = undefined;
      continue;
    }
    if (/^\s*\|/.test(raw)) {
      current = undefined;
      if (/^[\s|:-]*$/.test(raw)) continue;
      for (const cell of raw.split(/(?<!\\)\|/)) if (cell.trim() !== '') blocks.push({ line, lines: [cell] });
      continue;
    }
    const unbreakable = /^\s*\S+$/.test(raw.replace(/!?\[[^\]]*\]\([^)]*\)/g, 'link'));
    if (!unbreakable) lines.push({ line, text: raw });
    const opensBlock = /^\s*(?:[-*+]|\d+\.)\s|^\s*#|^\s*>/.test(raw);
    if (raw.trim() === '' || /^\s*[-=]{3,}\s*$/.test(raw)) current = undefined;
    else if (current === undefined || opensBlock) blocks.push((current = { line, lines: [raw] }));
    else current.lines.push(raw);
    if (/^\s*#/.test(raw)) current = undefined;
  }
  return { sentences: blocks.flatMap(block => sentencesOf(block, plainMarkdown)), lines };
}

/** Returns the sentences of the comments in TypeScript, JavaScript or C. Strings that look like comments are rare. */
export function commentProse(text: string): Prose {
  const blocks: Block[] = [];
  const lines: Sentence[] = [];
  let current: Block | undefined;
  let inBlock = false;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const comment: string | undefined = inBlock ? raw.replace(/^\s*\*?(?!\/)\s?/, '') : opening(raw);
    if (comment === undefined) {
      current = undefined;
      continue;
    }
    lines.push({ line, text: raw });
    const startsBlock: boolean = !inBlock && /^\s*\/\*/.test(raw);
    if (startsBlock) current = undefined;
    inBlock = (inBlock || startsBlock) && !comment.includes('*/');
    const body = comment.replace(/\*\/.*$/, '');
    const isDirective = /^\s*(?:#!|eslint|@ts-|prettier-|istanbul|c8|<reference)/.test(body);
    // Code in a comment is indented.
    const isCode = /^\s*\/\/ {3}/.test(raw);
    if (body.trim() === '' || isDirective || isCode) current = undefined;
    else if (current === undefined || /^\s*(?:@\w+|[-*]\s|\d+\.\s)/.test(body)) {
      blocks.push((current = { line, lines: [body] }));
    } else current.lines.push(body);
    if (!inBlock && !/^\s*\/\//.test(raw)) current = undefined;
  }
  return { sentences: blocks.flatMap(block => sentencesOf(block, plainComment)), lines };
}

/** Returns the sentences of the values of a flat JSON object, such as package.nls.json. */
export function jsonProse(text: string): Prose {
  const sentences: Sentence[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const value = /^\s*"(?:[^"\\]|\\.)*"\s*:\s*("(?:[^"\\]|\\.)*"),?\s*$/.exec(raw)?.[1];
    if (value === undefined) continue;
    const lines = (JSON.parse(value) as string).split('\n');
    for (const line of lines) sentences.push(...sentencesOf({ line: index + 1, lines: [line] }, plainMarkdown));
  }
  return { sentences, lines: [] };
}

/** Returns what follows the comment mark, or undefined if no comment begins in this line. */
function opening(raw: string): string | undefined {
  const alone = /^\s*(?:\/\/+|\/\*+)\s?(.*)$/.exec(raw);
  return alone?.[1] ?? /[;,{}()[\]\s]\s\/\/ (.*)$/.exec(raw)?.[1];
}

function plainMarkdown(text: string): string {
  return text
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/`+[^`]*`+/g, 'CODE')
    .replace(/\$\([\w~-]+\)/g, '')
    .replace(/^\s*(?:[-*+]|\d+\.|#+|>)\s+/, '')
    .replace(/\*\*|__|(?<![\w*])\*(?=\S)|(?<=\S)\*(?!\w)/g, '');
}

function plainComment(text: string): string {
  return text
    .replace(/`+[^`]*`+/g, 'CODE')
    .replace(/\{@link\s+([^}]*)\}/g, 'CODE')
    .replace(/^\s*@(?:param|returns?|throws)\b(?:\s+\{[^}]*\})?(?:\s+-)?\s*/, '')
    .replace(/^\s*(?:[-*]|\d+\.)\s+/, '');
}

function sentencesOf(block: Block, plain: (text: string) => string): Sentence[] {
  const found: Sentence[] = [];
  // A private-use character marks line ends, so that each sentence knows the line on which it begins.
  const text = plain(block.lines.map(line => line.trimEnd()).join('\uE000'));
  let line = block.line;
  for (const part of text.split(
    /(?<=[.!?][)"'”*]*)(?=[\s\uE000])(?=[\s\uE000]+["'(“*]?[A-Z\d])(?<!\b(?:e\.g|i\.e|etc|vs|cf|No)\.)/,
  )) {
    const leading = /^[\s\uE000]*/.exec(part)![0];
    const begins = line + count(leading);
    line += count(part);
    const sentence = part
      .replace(/\uE000/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    if (sentence !== '') found.push({ line: begins, text: sentence });
  }
  return found;
}

function count(text: string): number {
  return text.split('\uE000').length - 1;
}
