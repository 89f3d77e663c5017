// Answers in the form of interfaceProtocol.ts.
import { toDisplay } from '../../base/bytePath.ts';
import { oneLine } from '../../base/foreignText.ts';
import type { FileEntry } from '../protocol.ts';
import type { Refused } from './exactStatus.ts';
import type { ChangesAnswer, DirectoryAnswer, EverythingAnswer, FileStat } from './fileAnswers.ts';
import type * as wire from './interfaceProtocol.ts';
import type { Identity, ListedEntry, PromptAnswer, StatusAnswer } from './statusAnswers.ts';

export function inexact({ why }: Refused): wire.Inexact {
  return { exact: false, why: oneLine(why) };
}

export function changesResult({ token, isFresh, hasMore, unfollowed, paths }: ChangesAnswer): wire.ChangesResult {
  return {
    exact: true,
    token,
    fresh: isFresh,
    more: hasMore,
    incomplete: unfollowed.map(toDisplay),
    paths: paths.map(toDisplay),
  };
}

export function directoryResult({ token, isFollowed, entries }: DirectoryAnswer): wire.DirectoryResult {
  return {
    exact: true,
    token,
    followed: isFollowed,
    entries: entries.map(({ name, stat }) => ({ name: toDisplay(name), ...fileFacts(stat) })),
  };
}

export function everythingResult(
  { identity, token, unfollowed, entries }: EverythingAnswer,
  serverId: string,
): wire.EverythingResult {
  return {
    exact: true,
    ...statusFacts(identity, serverId),
    token,
    incomplete: unfollowed.map(toDisplay),
    entries: entries.map(entry => ({ ...fileEntry(entry), file: entry.stat ? fileFacts(entry.stat) : null })),
  };
}

export function statusResult({ identity, entries }: StatusAnswer, serverId: string): wire.StatusResult {
  return { exact: true, ...statusFacts(identity, serverId), entries: entries.map(fileEntry) };
}

export function promptResult({ isExact, branch, bookmark, topic, operation, counts }: PromptAnswer): wire.PromptResult {
  return { exact: isExact, branch, bookmark, topic, operation: operation ?? null, counts };
}

function statusFacts(identity: Identity, serverId: string): wire.StatusFacts {
  return {
    server: serverId,
    parents: [identity.firstParent, identity.secondParent],
    dirstate: identity.statCache,
    tracked: identity.tracked,
    ignoreFiles: identity.ignoreFiles,
    warnings: identity.warnings,
  };
}

function fileEntry({ path, status, source }: ListedEntry): FileEntry {
  return { path: toDisplay(path), status, ...(source !== undefined && { source: toDisplay(source) }) };
}

function fileFacts({ type, mode, size, mtimeNs }: FileStat): wire.FileFacts {
  return { type, mode, size: Number(size), mtime: String(mtimeNs) };
}
