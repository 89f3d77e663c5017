// The live model's updates in the form of the protocol.
import * as path from 'node:path';
import { toDisplay } from '../base/bytePath.ts';
import type { QuicksilverError } from '../base/errors.ts';
import type { Upstream } from '../base/repositoryState.ts';
import { withoutSecrets } from '../hgCommand/secrets.ts';
import type { Conflict, Head, MergeState, StagedFile, Subrepository } from '../workingCopy/backend.ts';
import type { ModelState, ModelUpdate } from '../workingCopy/publisher.ts';
import type * as protocol from './protocol.ts';
import type { FileEntry, RepositoryHead, RepositoryState, RepositoryUpdate } from './protocol.ts';

/** A large update travels in parts, so that the receiver's thread is never busy with it for long. */
const PART_ENTRIES = 2000;

/** A published update of a repository: from its live model, or from the fallback through a program. */
export type PublishedUpdate = Omit<ModelUpdate, 'state'> & { readonly state: PublishedState };
export type PublishedState =
  ModelState | { readonly kind: 'fallback'; readonly problem: QuicksilverError; readonly program: string };

/**
 * The messages for one update, in order. Only the last of them can be settled, only the first resets.
 * @param firstSequence the sequence number of the first message
 */
export function* toMessages(root: string, update: PublishedUpdate, firstSequence: number): Generator<RepositoryUpdate> {
  const head = update.head && toHead(update.head);
  const counts = { ...update.counts, tracked: update.tracked };
  const { outcome } = update;
  const cost = {
    milliseconds: update.milliseconds,
    stats: outcome.stats,
    directoriesRead: outcome.directoriesRead,
    filesRead: outcome.filesRead,
    bytesRead: outcome.bytesRead,
    unsure: outcome.unsure,
  };
  const parts = Math.max(1, Math.ceil(update.changes.length / PART_ENTRIES));
  for (let part = 0; part < parts; part++) {
    const changed: FileEntry[] = [];
    const cleared: string[] = [];
    for (const { path: name, entry } of update.changes.slice(part * PART_ENTRIES, (part + 1) * PART_ENTRIES)) {
      if (entry === undefined) cleared.push(toDisplay(name));
      else {
        changed.push({
          path: toDisplay(name),
          status: entry.status,
          ...(entry.source !== undefined && { source: toDisplay(entry.source) }),
          ...(entry.directory && { directory: true as const }),
          ...(entry.undecided !== undefined && { undecided: entry.undecided }),
        });
      }
    }
    const isLast = part === parts - 1;
    yield {
      root,
      sequence: firstSequence + part,
      state: toState(update.state),
      head,
      reset: update.reset && part === 0,
      changed,
      cleared,
      counts,
      ...(isLast &&
        update.nestedRepositories && {
          nestedRepositories: update.nestedRepositories.map(nested => path.join(root, toDisplay(nested))),
        }),
      ...(isLast &&
        update.mergeState !== undefined && { mergeState: update.mergeState && toMergeState(update.mergeState) }),
      ...(part === 0 && update.subrepositories && { subrepositories: update.subrepositories.map(toSubrepository) }),
      ...(part === 0 && update.staged && { staged: update.staged.map(toStaged) }),
      settled: update.settled && isLast,
      cause: update.cause,
      cost,
    };
  }
}

function toHead(head: Head): RepositoryHead {
  return {
    firstParent: head.firstParent,
    secondParent: head.secondParent,
    branch: head.branch,
    ...(head.bookmark !== undefined && { bookmark: head.bookmark }),
    ...(head.topic !== undefined && { topic: head.topic }),
    ...(head.operation !== undefined && { operation: head.operation }),
    ...(head.phase !== undefined && { phase: head.phase }),
    ...(head.isObsolete === true && { isObsolete: head.isObsolete }),
    ...(head.isBranchTip !== undefined && { isBranchTip: head.isBranchTip }),
    ...(head.closesBranch !== undefined && { closesBranch: head.closesBranch }),
    ...(head.changesBranch === true && { changesBranch: head.changesBranch }),
    ...(head.drafts !== undefined && { drafts: head.drafts }),
    ...(head.upstream !== undefined && { upstream: toUpstream(head.upstream) }),
  };
}

function toMergeState({ local, other, labels, conflicts, problem }: MergeState): protocol.MergeState {
  return {
    ...(local !== undefined && { local }),
    ...(other !== undefined && { other }),
    labels,
    conflicts: conflicts.map(toConflict),
    ...(problem !== undefined && { problem: toProblem(problem) }),
  };
}

function toConflict(conflict: Conflict): protocol.Conflict {
  if (conflict.kind === 'path') {
    const { kind, state, origin } = conflict;
    return { kind, path: toDisplay(conflict.path), state, renamedTo: toDisplay(conflict.renamedTo), origin };
  }
  const { kind, state, deletedOn, localFile, localFlags, ancestorNode, otherNode } = conflict;
  return {
    kind,
    path: toDisplay(conflict.path),
    state,
    ...(deletedOn !== undefined && { deletedOn }),
    localPath: toDisplay(conflict.localPath),
    ...(localFile !== undefined && { localFile }),
    localFlags,
    ancestorPath: toDisplay(conflict.ancestorPath),
    ancestorNode,
    otherPath: toDisplay(conflict.otherPath),
    ...(otherNode !== undefined && { otherNode }),
  };
}

function toSubrepository(subrepository: Subrepository): protocol.Subrepository {
  const { path: name, kind, source, revision, isPresent } = subrepository;
  return { path: toDisplay(name), kind, source, ...(revision !== undefined && { revision }), isPresent };
}

function toStaged({ path: name, status, source, before, after }: StagedFile): protocol.StagedFile {
  const shown = source === undefined ? {} : { source: toDisplay(source) };
  return { path: toDisplay(name), status, before, after, ...shown };
}

function toUpstream({ name, ahead, behind }: Upstream): protocol.Upstream {
  return { name, ...(ahead !== undefined && { ahead }), ...(behind !== undefined && { behind }) };
}

function toState(state: PublishedState): RepositoryState {
  if (!('problem' in state)) return { kind: state.kind };
  const problem = toProblem(state.problem);
  return state.kind === 'fallback'
    ? { kind: 'fallback', problem, program: state.program }
    : { kind: state.kind, problem };
}

function toProblem({ code, message, file, line }: QuicksilverError): protocol.Problem {
  // A line of a configuration file may be part of it.
  return {
    code,
    message: withoutSecrets(message),
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
  };
}
