// Answers in the short form, see daemon/shortForm.ts and docs/server-protocol.md. Byte strings.
import { fromDisplay } from '../../base/bytePath.ts';
import { oneLine } from '../../base/foreignText.ts';
import { encodeAnswer } from '../../daemon/shortForm.ts';
import { STATUS_LETTERS } from '../statusLetters.ts';
import type { Refused } from './exactStatus.ts';
import type { ChangesAnswer, DirectoryAnswer, EverythingAnswer, FileStat } from './fileAnswers.ts';
import type { Identity, PromptAnswer, StatusAnswer } from './statusAnswers.ts';

export type RepositoryAnswer =
  StatusAnswer | PromptAnswer | ChangesAnswer | DirectoryAnswer | EverythingAnswer | Refused;

export function refusal(why: string): string {
  return encodeAnswer('refused', [`why=${fromDisplay(oneLine(why)) || '?'}`]);
}

export function shortAnswer(answer: RepositoryAnswer, serverId: string): string {
  switch (answer.kind) {
    case 'refused':
      return refusal(answer.why);
    case 'status':
      return encodeAnswer('exact', [...identityFields(answer.identity, serverId), 'entries=', ...statusLines(answer)]);
    case 'prompt':
      return encodeAnswer('prompt', promptFields(answer));
    case 'changes':
      return encodeAnswer('changes', changesFields(answer));
    case 'directory':
      return encodeAnswer('directory', [
        `token=${answer.token}`,
        `followed=${answer.isFollowed ? 'yes' : 'no'}`,
        'entries=',
        ...answer.entries.map(({ name, stat }) => `${statText(stat)} ${name}`),
      ]);
    case 'everything':
      return encodeAnswer('everything', [
        ...identityFields(answer.identity, serverId),
        `token=${answer.token}`,
        ...answer.unfollowed.map(path => `incomplete=${path}`),
        'entries=',
        ...answer.entries.map(({ path, status, stat }) => `${STATUS_LETTERS[status]} ${statText(stat)} ${path}`),
      ]);
  }
}

function identityFields(identity: Identity, serverId: string): string[] {
  return [
    `server=${serverId}`,
    `p1=${identity.firstParent}`,
    `p2=${identity.secondParent}`,
    `dirstate=${identity.statCache}`,
    `tracked=${identity.tracked}`,
    ...identity.ignoreFiles.map(file => `ignore=${fromDisplay(file)}`),
    ...identity.warnings.map(warning => `warning=${fromDisplay(warning)}`),
  ];
}

/** As `hg status -C` prints them. */
function statusLines({ entries }: StatusAnswer): string[] {
  const lines: string[] = [];
  for (const { path, status, source } of entries) {
    lines.push(`${STATUS_LETTERS[status]} ${path}`);
    if (source !== undefined) lines.push(`  ${source}`);
  }
  return lines;
}

function changesFields({ token, isFresh, unfollowed, nested, followed = [], paths }: ChangesAnswer): string[] {
  return [
    `token=${token}`,
    `fresh=${isFresh ? 'yes' : 'no'}`,
    'gaps=named',
    ...unfollowed.map(path => `incomplete=${path}`),
    ...nested.map(path => `nested=${path}`),
    ...followed.map(path => `followed=${path}`),
    'paths=',
    ...paths,
  ];
}

/** A field has a letter and a colon in front, so that none is empty. */
function promptFields({ branch, bookmark, topic, operation, counts, isExact }: PromptAnswer): string[] {
  const { modified, added, removed, deleted, unknown, conflicts } = counts;
  return [
    `b:${fromDisplay(branch)}`,
    `m:${fromDisplay(bookmark)}`,
    `t:${fromDisplay(topic)}`,
    `o:${operation ?? ''}`,
    `n:${[modified, added, removed, deleted, unknown, conflicts].join(' ')}`,
    `s:${isExact ? 'exact' : '~'}`,
  ];
}

function statText(stat: FileStat | undefined): string {
  return stat === undefined ? '- 0 0 0' : `${stat.type} ${stat.mode.toString(8)} ${stat.size} ${stat.mtimeNs}`;
}
