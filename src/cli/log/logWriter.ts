// How changesets are written: the text and the JSON of `hg log`, byte for byte, as byte strings.
import type { ChangesetLog } from '../../backends/mercurial/commandLine/changesetLog.ts';
import { fromDisplay } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { HistoryRow } from '../../workingCopy/historyQueries.ts';
import type { Paint } from '../color.ts';
import { longDate } from '../historyText.ts';
import { jsonShownIn, nameShownIn, type ByteSink } from '../io.ts';
import { jsonString } from '../statusOutput.ts';
import type { Candidate } from './candidates.ts';

/** The difference that follows a changeset, as byte strings; undefined where it was not asked for. */
export interface ShownDiff {
  readonly patch: string | undefined;
  readonly stat: string | undefined;
}

export interface LogFormat {
  readonly isVerbose: boolean;
  readonly isQuiet: boolean;
  /** Show copies where files are shown. */
  readonly showsCopies: boolean;
  /** Colors text; JSON has none. */
  readonly paint: Paint;
  /** Takes the columns that are left of the text. */
  readonly diffOf: (candidate: Candidate, indent: number) => ShownDiff;
}

/** Returns the text of a changeset, with an empty line at its end unless it is quiet. */
export function logText(
  row: HistoryRow,
  model: ChangesetLog,
  format: LogFormat,
  candidate: Candidate,
  sink: ByteSink,
  indent = 0,
): string {
  const { paint } = format;
  const id = idOf(row);
  if (format.isQuiet) return paint('log.node', `${id}\n`);
  if (row.isObsolete) {
    throw new QuicksilverError('unsupported', `${id} is obsolete: its successors are not named here; use -T json`);
  }
  const shown = nameShownIn(sink);
  const line = (labels: string, title: string, text: string): string =>
    paint(labels, `${`${title}:`.padEnd(13)}${shown(text)}\n`);
  const { files, description } = model.changeset(row.revision);
  const bytes = (text: string): string => fromDisplay(text);
  const copies = format.isVerbose && format.showsCopies ? model.copies(row.revision) : [];
  const message = (): string[] => {
    if (!format.isVerbose) return [line('log.summary', 'summary', bytes(row.summary))];
    const text = bytes(description).split('\n').map(shown).join('\n');
    return [paint(noted('log.description'), 'description:\n'), paint(noted('log.description'), text), '\n\n'];
  };
  const { patch, stat } = format.diffOf(candidate, indent);
  return [
    line(changesetLabels(row), 'changeset', id),
    ...(row.branch === 'default' ? [] : [line('log.branch', 'branch', bytes(row.branch))]),
    ...row.bookmarks.map(name => line('log.bookmark', 'bookmark', bytes(name))),
    ...row.tags.map(name => line('log.tag', 'tag', bytes(name))),
    ...[model.topic(row.revision)].flatMap(topic => (topic === '' ? [] : [line('log.topic', 'topic', bytes(topic))])),
    ...notableParents(row).map(parent =>
      line(`log.parent changeset.${model.phase(parent)}`, 'parent', `${parent}:${model.node(parent).slice(0, 12)}`),
    ),
    line('log.user', 'user', bytes(row.user)),
    line('log.date', 'date', longDate(row.time, row.timezone)),
    ...(row.instabilities.length === 0 ? [] : [line('log.instability', 'instability', row.instabilities.join(', '))]),
    ...(format.isVerbose && files.length > 0 ? [line(noted('log.files'), 'files', files.join(' '))] : []),
    ...(copies.length > 0
      ? [line(noted('log.copies'), 'copies', copies.map(copy => `${copy.path} (${copy.source})`).join(' '))]
      : []),
    ...(description === '' ? [] : message()),
    '\n',
    ...[stat, patch].map(text => (text === undefined ? '' : `${text}\n`)),
  ].join('');
}

/** The label of a part that only a verbose text has, and the label of all such parts. */
function noted(label: string): string {
  return `ui.note ${label}`;
}

function changesetLabels({ phase, isObsolete, instabilities }: HistoryRow): string {
  return [
    'log.changeset',
    `changeset.${phase}`,
    ...(isObsolete ? ['changeset.obsolete'] : []),
    ...(instabilities.length === 0 ? [] : ['changeset.unstable']),
    ...instabilities.map(name => `instability.${name}`),
  ].join(' ');
}

/** Returns the JSON of a changeset, without a separator. */
export function logJson(
  row: HistoryRow,
  model: ChangesetLog,
  { isQuiet, isVerbose, showsCopies, diffOf }: LogFormat,
  candidate: Candidate,
  sink: ByteSink,
): string {
  const shown = jsonShownIn(sink);
  if (isQuiet) return shown(`\n {\n  "node": "${row.node}",\n  "rev": ${row.revision}\n }`);
  const text = (value: string): string => jsonString(fromDisplay(value));
  const list = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`;
  const parents = row.parents.length === 0 ? [model.node(-1)] : row.parents.map(parent => model.node(parent));
  const { patch, stat } = diffOf(candidate, 0);
  const copies = isVerbose && showsCopies ? model.copies(row.revision) : [];
  const { description, files } = model.changeset(row.revision);
  const copied = copies.map(copy => `${jsonString(copy.path)}: ${jsonString(copy.source)}`).join(', ');
  const items = [
    `  "bookmarks": ${list(row.bookmarks)}`,
    `  "branch": ${text(row.branch)}`,
    ...(copied === '' ? [] : [`  "copies": {${copied}}`]),
    `  "date": [${row.time}, ${row.timezone}]`,
    `  "desc": ${text(description)}`,
    ...(patch === undefined ? [] : [`  "diff": ${jsonString(patch)}`]),
    ...(stat === undefined ? [] : [`  "diffstat": ${jsonString(stat)}`]),
    ...(isVerbose ? [`  "files": [${files.map(jsonString).join(', ')}]`] : []),
    `  "node": "${row.node}"`,
    `  "parents": ${list(parents)}`,
    `  "phase": "${row.phase}"`,
    `  "rev": ${row.revision}`,
    `  "tags": ${list(row.tags)}`,
    `  "user": ${text(row.user)}`,
  ];
  return shown(`\n {\n${items.join(',\n')}\n }`);
}

function idOf({ revision, node }: HistoryRow): string {
  return `${revision}:${node.slice(0, 12)}`;
}

/** Both parents of a merge; else the parent (-1 for none), unless it is the changeset with the number before. */
function notableParents({ parents, revision }: HistoryRow): readonly number[] {
  if (parents.length > 1) return parents;
  return [parents[0] ?? -1].filter(parent => parent < revision - 1);
}
