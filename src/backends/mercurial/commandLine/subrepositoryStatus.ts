// The status of subrepositories, as `quicksilver status --subrepos` adds it. Each is compared with the revision that
// the repository around it records.
import * as path from 'node:path';
import { joinPath, toDisplay } from '../../../base/bytePath.ts';
import { QuicksilverError } from '../../../base/errors.ts';
import { SUBREPOSITORY_FILES, subrepositories } from '../../../mercurial/repository/subrepos.ts';
import type { StatusEntry } from '../../../status/status.ts';
import type { Status } from '../../../status/types.ts';
import { openRepository, type RepositoryPlace } from './open.ts';
import { RevisionComparer } from './revisionComparer.ts';

/** A deeper nesting is a loop, or made to be one. */
const MOST_LEVELS = 32;

export interface SubrepositoryRequest {
  readonly wanted: ReadonlySet<Status>;
  readonly signal: AbortSignal;
  /** Receives the warnings about ignore files. */
  warn(warning: string): void;
}

/**
 * Returns the entries of all subrepositories, nested ones too, with paths from the root of the outermost repository.
 * Throws 'unsupported' for missing subrepositories, which `hg` creates, and for those of another kind. Also throws it
 * for uncommitted changes of the list.
 * @param changed the entries of the repository itself
 */
export async function subrepositoryEntries(
  place: RepositoryPlace,
  changed: readonly StatusEntry[],
  request: SubrepositoryRequest,
  level = 0,
): Promise<StatusEntry[]> {
  if (level > MOST_LEVELS) throw unsupported('Subrepositories are nested too deeply.');
  const parts = subrepositories(place.vfs, place.root, openRepository(place).readDirstate());
  const isListChanged = changed.some(({ path: at, status }) => SUBREPOSITORY_FILES.includes(at) && status !== 'clean');
  if (parts.length > 0 && isListChanged) {
    throw unsupported('Uncommitted changes of .hgsub or .hgsubstate with --subrepos are not supported.');
  }
  const entries: StatusEntry[] = [];
  for (const { path: at, kind, revision, isPresent } of parts) {
    const name = toDisplay(at);
    if (kind !== 'hg') throw unsupported(`The subrepository ${name} is of another kind than Mercurial.`);
    if (!isPresent || revision === undefined) throw unsupported(`The subrepository ${name} is not there.`);
    const part = { vfs: place.vfs, root: path.join(place.root, name) };
    for (const entry of await entriesOf(part, revision, request, level)) {
      entries.push({ path: joinPath(at, entry.path), status: entry.status });
    }
  }
  return entries;
}

async function entriesOf(
  place: RepositoryPlace,
  revision: string,
  request: SubrepositoryRequest,
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
  return [...own.entries, ...(await subrepositoryEntries(place, own.entries, request, level + 1))];
}

function unsupported(message: string): QuicksilverError {
  return new QuicksilverError('unsupported', message);
}
