// The words of blame: templates as Git's, the column beside each line, and the hover.
import { env, l10n } from 'vscode';
import { shortNode } from '../../common/changesetIds.ts';
import { authorName, authorTime, relativeTime } from '../../model/changesetLine.ts';
import type { SettingValue } from '../../contributions/settings.ts';
import type { AnnotatedChangeset, HistoryRow } from '../../../server/historyProtocol.ts';

/** Characters of the column beside each line. */
export const COLUMN_WIDTH = 28;

const ADDRESS = /<([^>]*)>/;

/** Fills in the variables of a template: `${hash}`, `${subject}`, `${authorName}` and so on, as in Git's settings. */
export function fromTemplate(template: string, changeset: HistoryRow): string {
  const { node, revision, user, summary, time, branch } = changeset;
  const values: Readonly<Record<string, string>> = {
    hash: node,
    hashShort: shortNode(node),
    revision: String(revision),
    branch,
    subject: summary,
    authorName: authorName(user),
    authorEmail: ADDRESS.exec(user)?.[1] ?? '',
    authorDate: authorTime(changeset),
    authorDateAgo: ago(time),
  };
  return template.replace(/\$\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? values[name]! : whole,
  );
}

export function ago(time: number): string {
  return relativeTime(time, { now: Date.now() / 1000, language: env.language });
}

/** The date in the form of the setting `blame.dateFormat`. */
export function shownDate(changeset: HistoryRow, format: SettingValue<'blame.dateFormat'>): string {
  if (format === 'relative') return ago(changeset.time);
  if (format === 'iso') return authorTime(changeset);
  const date = new Date(changeset.time * 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleDateString(env.language);
}

/** Author and date, in a width that fits the column. */
export function columnText(changeset: HistoryRow, format: SettingValue<'blame.dateFormat'>): string {
  const { user } = changeset;
  const age = shownDate(changeset, format);
  const room = COLUMN_WIDTH - age.length - 3;
  const name = authorName(user);
  return `${name.length > room ? `${name.slice(0, Math.max(1, room - 1))}…` : name} · ${age}`;
}

export const blameTexts = {
  uncommitted: () => l10n.t('Not committed yet'),
  openChanges: () => l10n.t('Open Changes'),
  annotateBefore: () => l10n.t('Annotate Before This Change'),
  showInGraph: () => l10n.t('Show in Graph'),
  copyId: () => l10n.t('Copy Changeset ID'),
  from: (path: string) => l10n.t("From '{0}'", path),
  unavailable: (path: string, reason: string) => l10n.t("Cannot annotate '{0}': {1}", path, reason),
  noFile: () => l10n.t('Open a file of a repository to annotate it.'),
  noParent: (path: string) => l10n.t("'{0}' was added by this changeset.", path),
  title: (name: string, node: string) => l10n.t('{0} ({1})', name, shortNode(node)),
};

/** The facts about a changeset in one line, for the hover. */
export function factsOf({ changeset }: AnnotatedChangeset): string {
  const { node, revision, phase, branch, topic, tags, bookmarks } = changeset;
  const names = [branch, ...(topic === undefined ? [] : [topic]), ...bookmarks, ...tags];
  return [`${revision}:${shortNode(node)}`, phase, names.join(', ')].join(' · ');
}
