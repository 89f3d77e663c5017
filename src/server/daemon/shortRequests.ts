// Answers the short form: see daemon/shortForm.ts and docs/server-protocol.md.
import { systemsOf } from '../../backends/systems.ts';
import { fromDisplay, type BytePath } from '../../base/bytePath.ts';
import { oneLine } from '../../base/foreignText.ts';
import { encodeAnswer, type ShortRequest } from '../../daemon/shortForm.ts';
import { isNewer } from '../../daemon/versions.ts';
import type { Vfs } from '../../files/vfs.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import type { Snapshot } from '../../workingCopy/backend.ts';
import type { SharedRepository } from '../hub.ts';
import { STATUS_LETTERS } from '../statusLetters.ts';
import { identityFields, MOST_ENTRIES, refusal } from './answerFields.ts';
import { usesUnsentVariables } from './clientEnvironment.ts';
import { settleExactly, settlePaths, type Refused } from './exactStatus.ts';
import {
  changesAnswer,
  directoryAnswer,
  everythingAnswer,
  type ExactQuestion,
  type FileQuestion,
} from './fileAnswers.ts';
import type { Models } from './models.ts';

const DEFAULT_DEADLINE_MS = 200;
const LONGEST_DEADLINE_MS = 60_000;

export interface ShortRequestContext {
  readonly vfs: Vfs;
  readonly models: Models;
  readonly mount: string;
  readonly serverId: string;
  /** The version of this program. */
  readonly version: string;
  readonly environment: (variables: Readonly<Record<string, string>>) => ProcessEnvironment;
  info(): readonly string[];
  /** A server of a newer version is about to take the name. */
  retire(newer: string): void;
  /** Ends the server when the answer is sent. */
  stop(): void;
}

/** Returns the answer to a request as a byte string. */
export async function answerShortly(request: ShortRequest, context: ShortRequestContext): Promise<string> {
  switch (request.method) {
    case 'info':
      return encodeAnswer('info', context.info().map(fromDisplay));
    case 'retire':
      return retireAnswer(request.values.get('build') ?? '', context);
    case 'stop':
      context.stop();
      return encodeAnswer('stopping', []);
    case 'status':
      return askExactly(request, context, question => statusAnswer(question, context.serverId));
    case 'fetchall':
      return askExactly(request, context, question => everythingAnswer(question, context.serverId));
    case 'changes':
      return ask(request, context, question => changesAnswer(question, request.values.get('since') ?? ''));
    case 'listdir':
      return ask(request, context, question => directoryAnswer(question, request.values.get('path') ?? ''));
    case 'prompt':
      return askExactly(request, context, promptAnswer);
    default:
      return refusal(`the method ${oneLine(request.method)} is unknown`);
  }
}

/** A newer server asks before it takes the name of this one. */
function retireAnswer(build: string, context: ShortRequestContext): string {
  if (!isNewer(build, context.version)) return refusal(`version ${context.version} runs`);
  context.retire(build);
  return encodeAnswer('retiring', []);
}

/** Asks a model; `answer` makes the answer from it before it gives way to others. */
async function ask(
  { values, variables }: ShortRequest,
  context: ShortRequestContext,
  answer: (question: FileQuestion) => string,
): Promise<string> {
  const { vfs, models, mount } = context;
  const root = values.get('root') ?? '';
  const rootId = values.get('id') ?? '';
  const [system] = systemsOf([values.get('system') ?? 'hg']);
  if (values.get('mount') !== mount) return refusal('the client sees other mounts');
  if (!root.startsWith('/') || root.includes('\ufffd') || vfs.realPath(root) !== root) {
    return refusal('the root is no absolute path without symbolic links');
  }
  if (system?.isRepository(vfs, `${root}/${system.controlName}`) !== true) {
    return refusal('there is no repository');
  }
  const milliseconds = Math.min(Number(values.get('deadline') ?? '') || DEFAULT_DEADLINE_MS, LONGEST_DEADLINE_MS);
  const place = { root, system: system.kind, environment: context.environment(variables) };
  return models.ask(place, async ({ repository, facts, changes }) => {
    if (repository.rootId !== rootId) models.forget(root);
    const settle = system.kind === 'hg' ? settleExactly : settlePaths;
    const exactness = await settle(repository, facts, { vfs, rootId, milliseconds });
    const usesUnsent = exactness.kind === 'exact' && usesUnsentVariables(repository.environment);
    return answer({ repository, exactness: usesUnsent ? UNSENT : exactness, changes, vfs });
  });
}

/** As {@link ask}, about a status: only Mercurial's is known exactly. */
function askExactly(
  request: ShortRequest,
  context: ShortRequestContext,
  answer: (question: ExactQuestion) => string,
): Promise<string> {
  return ask(request, context, ({ exactness, ...rest }) =>
    answer({ ...rest, exactness: exactness.kind === 'paths' ? ONLY_PATHS : exactness }),
  );
}

const UNSENT: Refused = { kind: 'refused', why: 'the configuration uses other variables' };
const ONLY_PATHS: Refused = { kind: 'refused', why: 'only the status of Mercurial repositories is exact' };

/** Fields: facts of the snapshot as name=value, then the entries as `hg status` has them: letter, space, path. */
function statusAnswer({ repository, exactness }: ExactQuestion, serverId: string): string {
  if (exactness.kind === 'refused') return refusal(exactness.why);
  const entries = listed(repository);
  if (typeof entries === 'string') return refusal(entries);
  return encodeAnswer('exact', [...identityFields(exactness, serverId), 'entries=', ...entries]);
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

/** Fields: branch, bookmark, topic, operation, M A R ! ? C counts, and 'exact' or '~' for what was known last. */
function promptAnswer({ repository, exactness }: ExactQuestion): string {
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
