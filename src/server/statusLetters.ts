import type { Status } from '../status/types.ts';

/** The letters of `hg status`, in the order in which it lists. */
export const STATUS_LETTERS: Readonly<Record<Status, string>> = {
  modified: 'M',
  added: 'A',
  removed: 'R',
  deleted: '!',
  unknown: '?',
  ignored: 'I',
  clean: 'C',
};
