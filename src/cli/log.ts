// `quicksilver log`: changesets, as `hg log` prints them.
import { ChangesetLog } from '../backends/mercurial/commandLine/changesetLog.ts';
import { fromDisplay, toDisplay } from '../base/bytePath.ts';
import { QuicksilverError } from '../base/errors.ts';
import type { HistoryRow } from '../workingCopy/historyQueries.ts';
import type { ParsedArguments } from './arguments.ts';
import { longDate } from './historyText.ts';
import { EXIT_OK, jsonShownIn, nameShownIn, usageError, type CommandIo } from './io.ts';
import { locateRepository } from './open.ts';
import { fromRoot } from './pathNames.ts';
import { displaySettings } from './settings.ts';
import { templateOf } from './status.ts';
import { jsonString } from './statusOutput.ts';

/** Exit code 0. Throws QuicksilverErrors. */
export async function log(args: ParsedArguments, io: CommandIo): Promise<number> {
  const place = locateRepository(args, io);
  const model = new ChangesetLog(place);
  const limit = limitOf(args);
  const paths = args.positionals.map(name => fromRoot(place.vfs, place.root, place.cwd, name));
  const isWanted = filterOf(args, model);
  const write = writerOf(args, io, model);
  let count = 0;
  write.begin();
  for (const revision of candidates(args, model, paths)) {
    if (count === limit) break;
    if (model.isHidden(revision) || !isWanted(revision)) continue;
    write.row(model.row(revision));
    count++;
    // Others may have their turn between two parts of a long list.
    if (count % 1000 === 0) await Promise.resolve();
  }
  write.end();
  return EXIT_OK;
}

function limitOf(args: ParsedArguments): number {
  const text = args.values.get('limit');
  if (text === undefined) return Infinity;
  const limit = /^[+-]?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(limit)) throw usageError('limit must be a positive integer');
  if (limit <= 0) throw usageError('limit must be positive');
  return limit;
}

/** The revisions that may be printed, in the order of the output. */
function* candidates(
  args: ParsedArguments,
  model: ChangesetLog,
  paths: readonly ReturnType<typeof fromRoot>[],
): Generator<number> {
  const follows = args.flags.has('follow');
  const named = args.repeated.get('rev');
  if (paths.length > 0) {
    const [path, ...others] = paths;
    if (!follows || path === undefined || others.length > 0) {
      throw usageError('paths are not supported, except for one file with --follow');
    }
    const [start, ...more] = named === undefined ? [model.workingParents[0]] : resolved(model, named);
    if (start === undefined || more.length > 0) throw usageError('--follow with a file takes one revision');
    let isFound = false;
    for (const changeset of model.fileHistory(path, start)) {
      isFound = true;
      yield changeset;
    }
    if (!isFound)
      throw usageError(`cannot follow file not in ${start < 0 ? 'any' : 'parent'} revision: "${toDisplay(path)}"`);
    return;
  }
  if (follows) {
    yield* ancestors(model, named === undefined ? [model.workingParents[0]] : resolved(model, named));
  } else if (named === undefined) {
    for (let revision = model.count - 1; revision >= 0; revision--) yield revision;
  } else {
    yield* resolved(model, named);
  }
}

function* ancestors(model: ChangesetLog, heads: readonly number[]): Generator<number> {
  const { parents } = model;
  const isAncestor = new Uint8Array(model.count);
  for (const head of heads) if (head >= 0) isAncestor[head] = 1;
  for (let revision = model.count - 1; revision >= 0; revision--) {
    if (isAncestor[revision] === 0) continue;
    for (let at = revision * 2; at < revision * 2 + 2; at++) if (parents[at]! >= 0) isAncestor[parents[at]!] = 1;
    yield revision;
  }
}

/** The changesets of all sets, in their order. */
function resolved(model: ChangesetLog, sets: readonly string[]): readonly number[] {
  return [...new Set(sets.flatMap(set => model.resolveSet(set)))];
}

/** The changesets that have one of the keywords, one of the users and one of the branches. */
function filterOf(args: ParsedArguments, model: ChangesetLog): (revision: number) => boolean {
  const lower = (name: string): string[] | undefined => args.repeated.get(name)?.map(text => text.toLowerCase());
  const keywords = lower('keyword');
  const users = lower('user');
  const branches = args.repeated.get('branch');
  for (const user of users ?? []) {
    if (/^(?:re|literal):/.test(user)) throw usageError(`patterns are not supported for users: '${user}'`);
  }
  const known = new Set(branches === undefined ? [] : model.branchNames());
  for (const branch of branches ?? []) if (!known.has(branch)) throw usageError(`unknown branch '${branch}'`);
  const skipsMerges = args.flags.has('no-merges');
  return revision => {
    if (skipsMerges && model.parents[revision * 2 + 1]! >= 0) return false;
    if (keywords === undefined && users === undefined && branches === undefined) return true;
    const { user, description, branch, files } = model.changeset(revision);
    const author = user.toLowerCase();
    if (branches !== undefined && !branches.includes(branch)) return false;
    if (users !== undefined && !users.some(wanted => author.includes(wanted))) return false;
    if (keywords === undefined) return true;
    const texts = [author, description.toLowerCase(), ...files.map(file => toDisplay(file).toLowerCase())];
    return keywords.some(keyword => texts.some(text => text.includes(keyword)));
  };
}

interface LogWriter {
  begin(): void;
  row(row: HistoryRow): void;
  end(): void;
}

function writerOf(args: ParsedArguments, io: CommandIo, model: ChangesetLog): LogWriter {
  const isVerbose = args.flags.has('verbose');
  const isQuiet = !isVerbose && displaySettings(model.config, io, args.flags).quiet;
  if (templateOf(args) === 'json') {
    if (isVerbose || isQuiet) throw usageError('JSON has no verbose and no quiet form here');
    const shown = jsonShownIn(io.stdout);
    let separator = '';
    return {
      begin: () => io.stdout.write('['),
      row: row => {
        io.stdout.write(shown(`${separator}\n {\n${jsonItems(row, model).join(',\n')}\n }`));
        separator = ',';
      },
      end: () => io.stdout.write('\n]\n'),
    };
  }
  const shown = nameShownIn(io.stdout);
  const line = (label: string, text: string): string => `${`${label}:`.padEnd(13)}${shown(text)}\n`;
  const write = (row: HistoryRow): string => {
    if (isQuiet) return `${idOf(row)}\n`;
    if (row.isObsolete) {
      throw new QuicksilverError(
        'unsupported',
        `${idOf(row)} is obsolete: its successors are not named here; use -T json`,
      );
    }
    const { files, description } = model.changeset(row.revision);
    const bytes = (text: string): string => fromDisplay(text);
    return [
      line('changeset', idOf(row)),
      ...(row.branch === 'default' ? [] : [line('branch', bytes(row.branch))]),
      ...row.bookmarks.map(name => line('bookmark', bytes(name))),
      ...row.tags.map(name => line('tag', bytes(name))),
      ...notableParents(row).map(parent => line('parent', `${parent}:${model.node(parent).slice(0, 12)}`)),
      line('user', bytes(row.user)),
      line('date', longDate(row.time, row.timezone)),
      ...(row.instabilities.length === 0 ? [] : [line('instability', row.instabilities.join(', '))]),
      ...(isVerbose && files.length > 0 ? [line('files', files.join(' '))] : []),
      ...(description === '' ? [] : described(bytes(description), row, shown)),
      '\n',
    ].join('');
  };
  const described = (text: string, row: HistoryRow, show: (bytes: string) => string): string[] =>
    isVerbose
      ? ['description:\n', ...text.split('\n').map(each => `${show(each)}\n`), '\n']
      : [line('summary', fromDisplay(row.summary))];
  return { begin: () => undefined, row: row => io.stdout.write(write(row)), end: () => undefined };
}

function idOf({ revision, node }: HistoryRow): string {
  return `${revision}:${node.slice(0, 12)}`;
}

/** Both parents of a merge; else the parent, unless it is the changeset with the number before. */
function notableParents({ parents, revision }: HistoryRow): readonly number[] {
  if (parents.length > 1) return parents;
  return parents.filter(parent => parent < revision - 1);
}

function jsonItems(row: HistoryRow, model: ChangesetLog): string[] {
  const text = (value: string): string => jsonString(fromDisplay(value));
  const list = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`;
  const parents = row.parents.length === 0 ? [model.node(-1)] : row.parents.map(parent => model.node(parent));
  return [
    `  "bookmarks": ${list(row.bookmarks)}`,
    `  "branch": ${text(row.branch)}`,
    `  "date": [${row.time}, ${row.timezone}]`,
    `  "desc": ${text(model.changeset(row.revision).description)}`,
    `  "node": "${row.node}"`,
    `  "parents": ${list(parents)}`,
    `  "phase": "${row.phase}"`,
    `  "rev": ${row.revision}`,
    `  "tags": ${list(row.tags)}`,
    `  "user": ${text(row.user)}`,
  ];
}
