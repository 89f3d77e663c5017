/** The lines of a file as workspace.mjs made it, with some of them replaced, by number from 1. */
export function lines(name: string, changed: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: 12 }, (_, index) => `${changed[index + 1] ?? `${name} ${index + 1}`}\n`).join('');
}
