// Which changeset each line of an open file comes from. While the user types, lines move at once. The engine's exact
// answer follows. Plain data, no `vscode`.
import type { AnnotatedChangeset, FileAnnotation } from '../../server/historyProtocol.ts';

/** A replacement in a text, as VS Code reports it. Lines and characters from 0. */
export interface LineEdit {
  readonly startLine: number;
  readonly startCharacter: number;
  readonly endLine: number;
  readonly endCharacter: number;
  readonly text: string;
}

export interface LineOrigin {
  readonly changeset: AnnotatedChangeset;
  /** Where the line was in that version, from 1. */
  readonly lineNumber: number;
}

type Lines = Extract<FileAnnotation, { kind: 'lines' }>;

const UNCOMMITTED = -1;

export class LineAttributions {
  readonly changesets: readonly AnnotatedChangeset[];
  readonly #sources: number[];
  readonly #lineNumbers: number[];

  constructor({ sources, lineNumbers, changesets }: Lines) {
    this.changesets = changesets;
    this.#sources = [...sources];
    this.#lineNumbers = [...lineNumbers];
  }

  get count(): number {
    return this.#sources.length;
  }

  /** Index in {@link changesets}; -1 for a line that is not committed. */
  sourceOf(line: number): number {
    return this.#sources[line] ?? UNCOMMITTED;
  }

  /** Undefined for a line that is not committed. */
  originOf(line: number): LineOrigin | undefined {
    const changeset = this.changesets[this.sourceOf(line)];
    return changeset && { changeset, lineNumber: this.#lineNumbers[line] ?? 1 };
  }

  /** Moves lines. Changed and new lines become uncommitted; whole lines beside the change keep their origin. */
  apply({ startLine, startCharacter, endLine, endCharacter, text }: LineEdit): void {
    const inserted = text.split('\n').length;
    const isInsertion = startLine === endLine && startCharacter === endCharacter;
    // Whole lines before the last one were inserted or removed.
    const keepsLast = endCharacter === 0 && (text === '' ? startCharacter === 0 : text.endsWith('\n'));
    // The end of the line was pressed away from: what follows is white space of the new line.
    const keepsFirst = isInsertion && startCharacter > 0 && /^\r?\n\s*$/.test(text);
    const fresh = Array<number>(inserted).fill(UNCOMMITTED);
    const numbers = Array<number>(inserted).fill(1);
    const keep = (at: number, line: number): void => {
      fresh[at] = this.sourceOf(line);
      numbers[at] = this.#lineNumbers[line] ?? 1;
    };
    if (keepsFirst) keep(0, startLine);
    if (keepsLast) keep(inserted - 1, endLine);
    const removed = endLine - startLine + 1;
    this.#sources.splice(startLine, removed, ...fresh);
    this.#lineNumbers.splice(startLine, removed, ...numbers);
  }
}
