// Exact answers: the status of a moment between question and answer, or a reason why there is none. Only Linux reports
// a change before the system call that made it returns, so only there an answer can be exact (inotify(7)).
//
// Two kinds of change make no event: writing through a memory mapping, and writing under another hard link that lies
// in no watched directory. Audits find them; Git's and Watchman's watchers have the same limit.
import { Delay } from '../../base/async.ts';
import { bytePath } from '../../base/bytePath.ts';
import { hasMountBelow, reportsEveryChange } from '../../files/fileSystems.ts';
import type { Vfs } from '../../files/vfs.ts';
import type { Snapshot, SnapshotIdentity } from '../../workingCopy/backend.ts';
import type { LiveModel } from '../../workingCopy/liveModel.ts';
import { rootIdOf, type SharedRepository } from '../hub.ts';

/** There is no answer. `why` is a short reason for a log. */
export interface Refused {
  readonly kind: 'refused';
  readonly why: string;
}

export type Exactness =
  { readonly kind: 'exact'; readonly snapshot: Snapshot; readonly identity: SnapshotIdentity } | Refused;

/** All changes of paths up to a moment are known. The recorded state may be another one. */
export type PathExactness = { readonly kind: 'paths' } | Refused;

interface SettleOptions {
  readonly vfs: Vfs;
  /** The root's 'DEVICE:INODE' as the client sees it. */
  readonly rootId: string;
  /** After so many milliseconds the answer is of no use any more. */
  readonly milliseconds: number;
}

/** Facts of a root that do not change while it is followed. */
export interface RootFacts {
  /** False for file systems of networks, of hosts and of FUSE: another machine or a program may write. */
  readonly reportsEveryChange: boolean;
}

export function factsOf(root: string): RootFacts {
  return { reportsEveryChange: reportsEveryChange(root) };
}

type SettledModel = Pick<
  LiveModel,
  'hint' | 'settle' | 'state' | 'watched' | 'isCatchingUp' | 'hasUnreadable' | 'snapshot'
>;

/** The part of a followed working copy that decides whether there is an answer. */
export interface SettledRepository extends Pick<SharedRepository, 'root' | 'rootId'> {
  readonly model: SettledModel;
  readonly backend: Pick<SharedRepository['backend'], 'lock' | 'controlName' | 'identityOf' | 'isCurrent'>;
}

/**
 * Brings a model up to date, and checks that it is. The caller reads the answer from the model before it gives way to
 * others.
 */
export async function settleExactly(
  repository: SettledRepository,
  facts: RootFacts,
  options: SettleOptions,
): Promise<Exactness> {
  const settled = await settlePaths(repository, facts, options);
  if (settled.kind === 'refused') return settled;
  const { model, backend } = repository;
  const { snapshot } = model;
  const identity = snapshot && backend.identityOf?.(snapshot);
  if (snapshot === undefined || identity === undefined) return refused('nothing is known of the recorded state');
  if (!backend.isCurrent(snapshot)) return refused('the recorded state changes');
  if (backend.lock() !== 'free') return refused('a command holds the lock');
  return { kind: 'exact', snapshot, identity };
}

/** As {@link settleExactly}, for answers that only name paths at which something happened. */
export async function settlePaths(
  { model, backend, root, rootId: followedId }: SettledRepository,
  facts: RootFacts,
  { vfs, rootId, milliseconds }: SettleOptions,
): Promise<PathExactness> {
  if (process.platform !== 'linux') return refused('this system reports changes too late');
  if (!facts.reportsEveryChange) return refused('the file system does not report every change');
  if (followedId !== rootId) return refused('another directory is at the root');
  // A command that asks while it holds the lock would wait for itself.
  if (backend.lock() !== 'free') return refused('a command holds the lock');
  // Events of the control directory come by another way than those of files: the recorded state is checked in any case.
  model.hint([bytePath(backend.controlName)]);
  if (!(await endsWithin(model.settle(), milliseconds))) return refused('the model is busy');
  const why = doubt(model);
  if (why !== undefined) return refused(why);
  if (hasMountBelow(root) !== false) return refused('another file system is mounted inside');
  if (rootIdOf(vfs, root) !== rootId) return refused('another directory is at the root');
  return { kind: 'paths' };
}

/** Why what a settled model knows may not be all; undefined if it is. */
function doubt(model: SettledModel): string | undefined {
  const { state } = model;
  if (state.kind !== 'ready') return 'problem' in state ? state.problem.message : state.kind;
  if (!model.watched.complete) return 'not every directory is watched';
  if (model.isCatchingUp) return 'the directories are not all watched yet';
  if (model.hasUnreadable) return 'something cannot be read';
  return undefined;
}

export function refused(why: string): Refused {
  return { kind: 'refused', why };
}

/** False if the time is up first. */
async function endsWithin(work: Promise<void>, milliseconds: number): Promise<boolean> {
  return new Promise(resolve => {
    const limit = new Delay(() => resolve(false));
    limit.set(milliseconds);
    void work.then(() => {
      limit.dispose();
      resolve(true);
    });
  });
}
