// Answers the short form: see daemon/shortForm.ts and docs/server-protocol.md.
import { fromDisplay, type BytePath } from '../../base/bytePath.ts';
import { oneLine } from '../../base/foreignText.ts';
import { encodeAnswer, type ShortRequest } from '../../daemon/shortForm.ts';
import type { Vfs } from '../../files/vfs.ts';
import type { HgEnvironment } from '../../mercurial/config/environment.ts';
import type { Snapshot } from '../../workingCopy/backend.ts';
import type { SharedRepository } from '../hub.ts';
import { STATUS_LETTERS } from '../statusLetters.ts';
import type { ChangeRing } from './changeRing.ts';
import { usesUnsentVariables } from './clientEnvironment.ts';
import { settleExactly, type Exactness } from './exactStatus.ts';
import type { Models } from './models.ts';

/** An answer with more entries would be slower than looking for oneself, and has no bound. */
export const MOST_ENTRIES = 50_000;
const DEFAULT_DEADLINE_MS = 200;
const LONGEST_DEADLINE_MS = 60_000;

export interface ShortRequestContext {
  readonly vfs: Vfs;
  readonly models: Models;
  readonly mount: string;
  readonly serverId: string;
  readonly environment: (variables: Readonly<Record<string, string>>) => HgEnvironment;
  info(): readonly string[];
  /** Ends the server when the answer is sent. */
  stop(): void;
}

/** Returns the answer to a request as a byte string. */
export async function answerShortly(request: ShortRequest, context: ShortRequestContext): Promise<string> {
  switch (request.method) {
    case 'info':
      return encodeAnswer('info', context.info().map(fromDisplay));
    case 'stop':
      context.stop();
      return encodeAnswer('stopping', []);
    case 'status':
      return ask(request, context, (repository, exactness) => statusAnswer(repository, exactness, context.serverId));
    case 'changes':
      return ask(request, context, (repository, exactness, changes) =>
        changesAnswer(repository, exactness, changes, request.values.get('since') ?? ''),
      );
    case 'prompt':
      return ask(request, context, promptAnswer);
    default:
      return refusal(`the method ${oneLine(request.method)} is unknown`);
  }
}

export function refusal(why: string): string {
  return encodeAnswer('refused', [`why=${fromDisplay(oneLine(why)) || '?'}`]);
}

/** Asks a model; `answer` makes the answer from it before it gives way to others. */
async function ask(
  { values, variables }: ShortRequest,
  context: ShortRequestContext,
  answer: (repository: SharedRepository, exactness: Exactness, changes: ChangeRing) => string,
): Promise<string> {
  const { vfs, models, mount } = context;
  const root = values.get('root') ?? '';
  const rootId = values.get('id') ?? '';
  if (values.get('mount') !== mount) return refusal('the client sees other mounts');
  if (!root.startsWith('/') || root.includes('\ufffd') || vfs.realPath(root) !== root) {
    return refusal('the root is no absolute path without symbolic links');
  }
  if (!vfs.isDirectory(`${root}/.hg`)) return refusal('there is no repository');
  const milliseconds = Math.min(Number(values.get('deadline') ?? '') || DEFAULT_DEADLINE_MS, LONGEST_DEADLINE_MS);
  return models.ask(root, context.environment(variables), async ({ repository, facts, changes }) => {
    if (repository.rootId !== rootId) models.forget(root);
    const exactness = await settleExactly(repository, facts, { vfs, rootId, milliseconds });
    const usesUnsent = exactness.kind === 'exact' && usesUnsentVariables(repository.environment);
    return answer(repository, usesUnsent ? { kind: 'refused', why: UNSENT } : exactness, changes);
  });
}

const UNSENT = 'the configuration uses other variables';

/** Fields: facts of the snapshot as name=value, then the entries as `hg status` has them: letter, space, path. */
function statusAnswer(repository: SharedRepository, exactness: Exactness, serverId: string): string {
  if (exactness.kind === 'refused') return refusal(exactness.why);
  const { snapshot, identity } = exactness;
  const entries = listed(repository);
  if (typeof entries === 'string') return refusal(entries);
  return encodeAnswer('exact', [
    `server=${serverId}`,
    `p1=${snapshot.head.firstParent}`,
    `p2=${snapshot.head.secondParent}`,
    `dirstate=${identity.statCache}`,
    `tracked=${snapshot.input.statCache.entryCount}`,
    ...identity.ignoreFiles.map(file => `ignore=${fromDisplay(file)}`),
    ...snapshot.warnings.map(warning => `warning=${fromDisplay(oneLine(warning))}`),
    'entries=',
    ...entries,
  ]);
}

/** Returns the entries, or why they are no answer. */
function listed({ model }: SharedRepository): string[] | string {
  const { modified, added, removed, deleted, unknown } = model.tree.counts;
  if (modified + added + removed + deleted + unknown > MOST_ENTRIES) return 'there are too many entries';
  const lines: string[] = [];
  for (const [path, { status, source, undecided }] of model.tree.entries()) {
    if (undecided !== undefined) return 'a file could not be compared';
    if (status === 'ignored') continue;
    lines.push(`${STATUS_LETTERS[status]} ${path}`);
    if (source !== undefined) lines.push(`  ${source}`);
  }
  return lines;
}

/**
 * Fields: the token of this moment, `fresh=yes` if everything may have changed, the directories that are not followed,
 * then the paths. A path stands for everything below it, too.
 */
function changesAnswer({ model }: SharedRepository, exactness: Exactness, changes: ChangeRing, since: string): string {
  if (exactness.kind === 'refused') return refusal(exactness.why);
  const paths = changes.since(since);
  const unfollowed: string[] = [...model.nestedRepositories];
  for (const [path, { directory }] of model.tree.entries()) if (directory === true) unfollowed.push(path);
  if (unfollowed.length > MOST_ENTRIES) return refusal('there are too many ignored directories');
  return encodeAnswer('changes', [
    `token=${changes.takeToken()}`,
    `fresh=${paths === undefined ? 'yes' : 'no'}`,
    ...unfollowed.map(path => `incomplete=${path}`),
    'paths=',
    ...(paths ?? []),
  ]);
}

/** Fields: branch, bookmark, topic, operation, M A R ! ? C counts, and 'exact' or '~' for what was known last. */
function promptAnswer(repository: SharedRepository, exactness: Exactness): string {
  const { model } = repository;
  const snapshot = exactness.kind === 'exact' ? exactness.snapshot : model.snapshot;
  if (snapshot === undefined) return refusal(exactness.kind === 'refused' ? exactness.why : 'nothing is known');
  return encodeAnswer('prompt', promptFields(repository, snapshot, exactness.kind === 'exact'));
}

/** A field has a letter and a colon in front, so that none is empty. Names have no control characters. */
function promptFields({ model }: SharedRepository, snapshot: Snapshot, isExact: boolean): string[] {
  const { head, mergeState } = snapshot;
  const { modified, added, removed, deleted, unknown } = model.tree.counts;
  const conflicts = mergeState?.conflicts.filter(({ state }) => state === 'unresolved').length ?? 0;
  const name = (text: string | undefined): BytePath => fromDisplay(oneLine(text ?? ''));
  return [
    `b:${name(head.branch)}`,
    `m:${name(head.bookmark)}`,
    `t:${name(head.topic)}`,
    `o:${head.operation ?? ''}`,
    `n:${[modified, added, removed, deleted, unknown, conflicts].join(' ')}`,
    `s:${isExact ? 'exact' : '~'}`,
  ];
}
