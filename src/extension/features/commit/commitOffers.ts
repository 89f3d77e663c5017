// The files beside the changes that may go into a commit of all changes: missing and untracked ones. Pure.
import type { FileEntry } from '../../../server/protocol.ts';
import type { SettingValue } from '../../contributions/settings.ts';

type Wanted = SettingValue<'commitUntrackedFiles'>;

export interface Offers {
  /** To be recorded as removed and to be added, without a question. */
  readonly toRemove: readonly string[];
  readonly toAdd: readonly string[];
  /** To ask about, both sorted. */
  readonly missing: readonly string[];
  readonly untracked: readonly string[];
}

/** Backups such as those that hg leaves behind are never offered. */
export function offersOf(
  entries: Iterable<FileEntry>,
  wanted: { readonly missing: Wanted; readonly untracked: Wanted },
): Offers {
  const missing: string[] = [];
  const untracked: string[] = [];
  for (const { path, status } of entries) {
    if (status === 'deleted') missing.push(path);
    else if (status === 'unknown' && !path.endsWith('.orig')) untracked.push(path);
  }
  const taken = (paths: string[], choice: Wanted, when: Wanted): string[] => (choice === when ? paths.sort() : []);
  return {
    toRemove: taken(missing, wanted.missing, 'always'),
    toAdd: taken(untracked, wanted.untracked, 'always'),
    missing: taken(missing, wanted.missing, 'ask'),
    untracked: taken(untracked, wanted.untracked, 'ask'),
  };
}

/** `tracked`: removals are recorded, and nothing is added. `never`: as `without`, and no question from now on. */
export type Choice = 'all' | 'tracked' | 'without' | 'never';

/** The buttons of the one question about all of them; Enter presses the first. */
export function choicesFor({ missing, untracked }: Pick<Offers, 'missing' | 'untracked'>): readonly Choice[] {
  if (untracked.length === 0) return missing.length === 0 ? [] : ['all', 'without', 'never'];
  return missing.length === 0 ? ['without', 'all', 'never'] : ['tracked', 'all', 'without'];
}

/** Returns the offers with the answer carried out: nothing is left to ask about. */
export function answered(offers: Offers, choice: Choice): Pick<Offers, 'toRemove' | 'toAdd'> {
  const { toRemove, toAdd, missing, untracked } = offers;
  return {
    toRemove: choice === 'all' || choice === 'tracked' ? [...toRemove, ...missing] : toRemove,
    toAdd: choice === 'all' ? [...toAdd, ...untracked] : toAdd,
  };
}
