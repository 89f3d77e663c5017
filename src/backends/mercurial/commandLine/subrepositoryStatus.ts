// The status of subrepositories, as `quicksilver status --subrepos` adds it. Each is compared with the revision that
// the repository around it records.
import * as path from 'node:path';
import { bytePath, isAtOrBelow, joinPath, ROOT_PATH, toDisplay, type BytePath } from '../../../base/bytePath.ts';
import { QuicksilverError } from '../../../base/errors.ts';
import { requireAllowed, SUBREPOSITORY_FILES, subrepositories } from '../../../mercurial/repository/subrepos.ts';
import type { StatusEntry } from '../../../status/status.ts';
import type { StatCache, Status } from '../../../status/types.ts';
import { openRepository, type RepositoryPlace } from './open.ts';
import { RevisionComparer } from './revisionComparer.ts';

export { SUBREPOSITORY_FILES };

/** A deeper nesting is a loop, or made to be one. */
const MOST_LEVELS = 32;

export interface SubrepositoryRequest {
  readonly wanted: ReadonlySet<Status>;
  readonly signal: AbortSignal;
  /** Receives the warnings about ignore files. */
  warn(warning: string): void;
  /** Receives each repository after its own status, with its path and the paths of its subrepositories. */
  visit(at: BytePath, place: RepositoryPlace, statCache: StatCache, parts: ReadonlySet<BytePath>): void;
}

/**
 * Returns the entries of all subrepositories, nested ones too, with paths from the root of the outermost repository.
 * Throws 'unsupported' for missing subrepositories, which `hg` creates, and for those of another kind. Also throws it
 * for uncommitted changes of the list. Throws 'usage' for subrepositories that the settings of the repository around
 * them do not allow.
 * @param changed the entries of the repository itself
 */
export async function subrepositoryEntries(
  place: RepositoryPlace,
  changed: readonly StatusEntry[],
  request: SubrepositoryRequest,
  at: BytePath = ROOT_PATH,
  level = 0,
): Promise<StatusEntry[]> {
  if (level > MOST_LEVELS) throw unsupported('Subrepositories are nested too deeply.');
  const repository = openRepository(place);
  const dirstate = repository.readDirstate();
  const parts = subrepositories(place.vfs, place.root, dirstate);
  for (const part of parts) requireAllowed(repository.config, part);
  if (level > 0) request.visit(at, place, dirstate, new Set(parts.map(part => part.path)));
  const isListChanged = changed.some(
    ({ path: name, status }) => SUBREPOSITORY_FILES.includes(name) && status !== 'clean',
  );
  if (parts.length > 0 && isListChanged) {
    throw unsupported('Uncommitted changes of .hgsub or .hgsubstate with --subrepos are not supported.');
  }
  const entries: StatusEntry[] = [];
  for (const { path: name, kind, revision, isPresent } of parts) {
    const shown = toDisplay(name);
    if (kind !== 'hg') throw unsupported(`The subrepository ${shown} is of another kind than Mercurial.`);
    if (!isPresent || revision === undefined) throw unsupported(`The subrepository ${shown} is not there.`);
    const part = { vfs: place.vfs, root: path.join(place.root, shown) };
    for (const entry of await entriesOf(part, revision, request, joinPath(at, name), level)) {
      entries.push({ path: joinPath(name, entry.path), status: entry.status });
    }
  }
  return entries;
}

/** True if the path is a subrepository of this repository, or one within those. */
export function isSubrepository(place: RepositoryPlace, at: BytePath): boolean {
  const parts = subrepositories(place.vfs, place.root, openRepository(place).readDirstate());
  const part = parts.find(({ path: name }) => isAtOrBelow(at, name));
  if (part === undefined || part.path === at) return part !== undefined;
  if (part.kind !== 'hg' || !part.isPresent) return false;
  const inner = { vfs: place.vfs, root: path.join(place.root, toDisplay(part.path)) };
  return isSubrepository(inner, bytePath(at.slice(part.path.length + 1)));
}

async function entriesOf(
  place: RepositoryPlace,
  revision: string,
  request: SubrepositoryRequest,
  at: BytePath,
  level: number,
): Promise<StatusEntry[]> {
  const { wanted, signal } = request;
  const own = await new RevisionComparer(place).compare({
    sides: { revisions: [revision] },
    wanted,
    copies: false,
    signal,
    select: () => Promise.resolve({ paths: undefined, filter: undefined }),
  });
  for (const warning of own.warnings) request.warn(warning);
  return [...own.entries, ...(await subrepositoryEntries(place, own.entries, request, at, level + 1))];
}

function unsupported(message: string): QuicksilverError {
  return new QuicksilverError('unsupported', message);
}
