// `quicksilver status --subrepos`: the entries of subrepositories, and what is wrong with the paths that name some.
import { bytePath, isAtOrBelow, joinPath, type BytePath } from '../base/bytePath.ts';
import {
  isSubrepository,
  subrepositoryEntries,
  SUBREPOSITORY_FILES,
} from '../backends/mercurial/commandLine/subrepositoryStatus.ts';
import type { StatusEntry } from '../status/status.ts';
import type { Status } from '../status/types.ts';
import { complain, type CommandIo } from './io.ts';
import type { LocatedRepository } from './open.ts';
import { complaintsAbout, type Complaint, type Selection } from './selection.ts';

/** Files that must be unchanged for `--subrepos`, whatever is selected. */
export const LIST_FILES: readonly BytePath[] = SUBREPOSITORY_FILES.map(bytePath);

/** Returns a function that is true for the paths of subrepositories, nested ones too. */
export function subrepositoryTest(place: LocatedRepository): (at: BytePath) => boolean {
  return at => isSubrepository(place, at);
}

export interface InSubrepositories {
  readonly entries: readonly StatusEntry[];
  readonly complaints: readonly Complaint[];
}

/**
 * Returns the selected entries of all subrepositories, by the paths alone.
 * @param own the entries of the repository itself, with all changes of {@link LIST_FILES}
 */
export async function inSubrepositories(
  io: CommandIo,
  place: LocatedRepository,
  own: readonly StatusEntry[],
  wanted: ReadonlySet<Status>,
  { paths, inSubrepositories: named }: Selection,
): Promise<InSubrepositories> {
  const complaints: Complaint[] = [];
  const entries = await subrepositoryEntries(place, own, {
    wanted,
    signal: io.signal,
    warn: warning => complain(io, warning),
    visit: (at, { vfs, root }, statCache, parts) => {
      const here = named
        .filter(path => path !== at && isAtOrBelow(path, at))
        .map(path => bytePath(path.slice(at.length + 1)))
        .filter(path => ![...parts].some(part => isAtOrBelow(path, part)));
      const within = { vfs, root, cwd: root, statCache };
      for (const { path, reason } of complaintsAbout(here, within)) {
        complaints.push({ path: joinPath(at, path), reason });
      }
    },
  });
  return { entries: entries.filter(({ path }) => isSelected(path, paths)), complaints };
}

/** True for a path at or below one of those that are selected. */
export function isSelected(path: BytePath, paths: readonly BytePath[] | undefined): boolean {
  return paths === undefined || paths.some(given => isAtOrBelow(path, given));
}
