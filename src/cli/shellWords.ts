// Words of a POSIX shell: quotes them, and splits a text into them.

/** Returns words as a shell takes them. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/** Returns a word as a shell takes it: in quotes, if it needs them. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : quotedWord(word);
}

/** Returns a word in quotes. */
export function quotedWord(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A word: pieces that are quoted, escaped or plain, without a blank between them. */
const WORD = /(?:'[^']*'|"(?:[^"\\]|\\[^])*"|\\[^]|[^\s'"\\])+/g;
const PIECE = /'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|([^\s'"\\]+)/g;

/** Returns the words of a text. Nothing is expanded. Undefined for a text that ends within a word. */
export function splitWords(text: string): string[] | undefined {
  if (text.replace(WORD, '').trim() !== '') return undefined;
  return [...text.matchAll(WORD)].map(([word]) =>
    word.replace(
      PIECE,
      (_, single?: string, double?: string, escaped?: string, plain?: string) =>
        single ?? double?.replace(/\\(["\\])/g, '$1') ?? escaped ?? plain ?? '',
    ),
  );
}
