// Examines a repository: its facts, its support, and a comparison with `hg`. The result is data, and a text for the
// user.
import { toDisplay } from '../base/bytePath.ts';
import { oneLine } from '../base/foreignText.ts';
import { nativeParts } from '../status/bulk/native.ts';
import { QuicksilverError } from '../base/errors.ts';
import { locateHg } from '../hgCommand/hgExecutable.ts';
import { hgStatus } from '../hgCommand/hgStatus.ts';
import { withoutSecrets } from '../hgCommand/secrets.ts';
import type { ProcessEnvironment } from '../files/environment.ts';
import { Vfs } from '../files/vfs.ts';
import type { StatusEntry } from '../status/status.ts';
import type { WorkCounters, Status } from '../status/types.ts';
import { Examination, type ExaminedStatus, type Fact } from '../backends/mercurial/examination.ts';
import { compareWithHg, inBoth, type Difference, type Verdict } from './hgComparison.ts';
import { STATUS_LETTERS } from './statusLetters.ts';
import type { LoggedProblem } from './problemLog.ts';

export interface DoctorOptions {
  readonly root: string;
  readonly environment: ProcessEnvironment;
  /** Also ask the real `hg`. Only if the user wants it and trusts the repository. */
  readonly compare: boolean;
  /** Absolute path of the `hg` that the user has set; if absent or '', the PATH and the usual places are searched. */
  readonly hg?: string | undefined;
  /** Facts from the repository's live model, if it has one. */
  readonly live?: LiveFacts;
  /** A sentence about the shared server. */
  readonly sharedServer?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface LiveFacts {
  /** The published state, with the reason for a problem. */
  readonly state: string;
  /** True if `hg status` answers because the repository is unsupported. */
  readonly answeredByHg: boolean;
  readonly audits: { readonly done: number; readonly secondsAgo: number | undefined };
  /** The last warnings and errors, the newest last. */
  readonly problems: readonly LoggedProblem[];
  readonly watched: { readonly directories: number; readonly complete: boolean };
  readonly missedByEvents: number;
  readonly counts: Readonly<Record<string, number>>;
}

export type Comparison =
  | { readonly kind: 'not-asked' }
  /** No usable `hg` was found; the message explains how to fix it. */
  | { readonly kind: 'no-hg'; readonly message: string }
  | { readonly kind: 'failed'; readonly hg: string; readonly message: string }
  | { readonly kind: 'compared'; readonly hg: string; readonly differences: readonly Difference[] };

export interface DoctorReport {
  readonly root: string;
  /** Facts about the repository as names and values, in the order in which they are shown. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Why the repository is unsupported, as sentences; empty if it is supported. */
  readonly refusals: readonly string[];
  /** The error, if it could not be read. */
  readonly problem: string | undefined;
  readonly warnings: readonly string[];
  readonly ignoreFiles: readonly string[];
  readonly answer: Answer | undefined;
  readonly comparison: Comparison;
  readonly live: LiveFacts | undefined;
  readonly sharedServer?: string | undefined;
}

export interface Answer {
  /** Files of each status, in the order of `hg status`. */
  readonly counts: Readonly<Record<Status, number>>;
  readonly outcome: WorkCounters;
  readonly milliseconds: number;
}

/** Differences that are listed; the rest is counted. */
const MAX_LISTED = 200;
/** Lines of hg's error output that are shown; the first ones matter. */
const MAX_ERROR_LINES = 20;

/**
 * Examines the repository. Throws only the reason of an aborted `signal`; errors of the repository are part of the
 * report.
 */
export async function examine(options: DoctorOptions): Promise<DoctorReport> {
  const facts: [string, string][] = [];
  const report = {
    root: options.root,
    facts,
    refusals: [] as readonly string[],
    problem: undefined as string | undefined,
    warnings: [] as readonly string[],
    ignoreFiles: [] as readonly string[],
    answer: undefined as Answer | undefined,
    comparison: { kind: 'not-asked' } as Comparison,
    live: options.live,
    sharedServer: options.sharedServer,
  };
  try {
    const examination = new Examination(options.root, new Vfs(), options.environment);
    // One by one: those before a damaged one are shown.
    for (const fact of examination.facts()) facts.push(shownFact(fact));
    facts.push(['Native code', plain(nativeParts())]);
    report.ignoreFiles = examination.ignoreFiles();
    report.refusals = examination.refusals();
    if (report.refusals.length > 0) return report;
    const ours = await examination.status(options.signal);
    Object.assign(report, { warnings: ours.warnings, answer: answerOf(ours) });
    if (options.compare) report.comparison = await compare(examination, ours.entries, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof QuicksilverError)) throw error;
    if (error.code === 'unsupported') report.refusals = [error.message];
    else report.problem = error.message;
  }
  return report;
}

/** The report as Markdown. */
export async function doctorReport(options: DoctorOptions): Promise<string> {
  return toMarkdown(await examine(options));
}

export function toMarkdown(report: DoctorReport): string {
  const lines = [`# ${code(report.root)}`, ''];
  lines.push(verdictSentence(report), '');
  if (report.refusals.length > 1) lines.push(...report.refusals.map(reason => `- ${plain(reason)}`), '');
  section(
    lines,
    'Repository',
    report.facts.map(([name, value]) => `- ${name}: ${value}`),
  );
  section(
    lines,
    'Ignore files',
    report.ignoreFiles.map(file => `- ${code(file)}`),
  );
  section(
    lines,
    'Warnings',
    report.warnings.map(warning => `- ${plain(warning)}`),
  );
  if (report.answer !== undefined) section(lines, 'Status', answerLines(report.answer));
  if (report.live !== undefined) section(lines, 'Health', liveLines(report.live));
  if (report.sharedServer !== undefined) section(lines, 'Shared server', [`- ${plain(report.sharedServer)}`]);
  section(lines, 'Comparison with hg', comparisonLines(report.comparison));
  return `${lines.join('\n').trimEnd()}\n`;
}

/** The value of a fact, as Markdown. */
function shownFact({ name, value }: Fact): [name: string, value: string] {
  return [name, typeof value === 'string' ? plain(value) : value.names.map(code).join(', ')];
}

function answerOf({ entries, outcome, milliseconds }: ExaminedStatus): Answer {
  const counts = Object.fromEntries(Object.keys(STATUS_LETTERS).map(status => [status, 0])) as Record<Status, number>;
  for (const { status } of entries) counts[status]++;
  return { counts, outcome, milliseconds };
}

async function compare(
  examination: Examination,
  ours: readonly StatusEntry[],
  options: DoctorOptions,
): Promise<Comparison> {
  const { variables } = options.environment;
  const located = locateHg({ variables, configured: options.hg });
  if (located.kind === 'unavailable') return { kind: 'no-hg', message: located.message };
  const { hg } = located;
  const theirs = await hgStatus(hg, options.root, { environment: variables, signal: options.signal });
  options.signal?.throwIfAborted();
  if (theirs.kind !== 'answer') return { kind: 'failed', hg, message: theirs.message };
  let differences = compareWithHg(ours, theirs.entries);
  if (differences.length > 0) {
    // Files may change between the two answers: only a difference both before and after hg's answer counts.
    const again = await examination.status(options.signal);
    differences = inBoth(differences, compareWithHg(again.entries, theirs.entries));
  }
  return { kind: 'compared', hg, differences };
}

function verdictSentence({ refusals, problem, comparison }: DoctorReport): string {
  if (problem !== undefined) return `This repository cannot be read: ${plain(problem)}`;
  if (refusals.length === 1) return `This repository is not supported: ${plain(refusals[0]!)}`;
  if (refusals.length > 1) return 'This repository is not supported:';
  if (comparison.kind !== 'compared') return 'This repository is supported.';
  const count = comparison.differences.length;
  if (count === 0) return 'This repository is supported, and the answer is that of `hg status`.';
  return `This repository is supported, but the answer differs from that of \`hg status\` for ${plural(count, 'path')}.`;
}

function answerLines({ counts, outcome, milliseconds }: Answer): string[] {
  const parts = Object.entries(counts).map(([status, count]) => `${count} ${status}`);
  return [
    `- ${parts.join(', ')}`,
    `- ${plural(outcome.stats, 'lstat call')}, ${plural(outcome.directoriesRead, 'directory', 'directories')} read, ` +
      `${plural(outcome.filesRead, 'file')} read (${plural(outcome.bytesRead, 'byte')}), ${outcome.unsure} unsure, ` +
      `${milliseconds.toFixed(0)} ms`,
  ];
}

function liveLines({ state, answeredByHg, watched, audits, missedByEvents, counts, problems }: LiveFacts): string[] {
  const parts = Object.entries(counts).map(([status, count]) => `${count} ${status}`);
  const ago = audits.secondsAgo === undefined ? '' : `, everything was looked at ${audits.secondsAgo.toFixed(0)} s ago`;
  return [
    `- state: ${plain(state)}`,
    ...(answeredByHg ? ['- `hg status` answers instead'] : []),
    `- ${plural(watched.directories, 'directory', 'directories')} watched${watched.complete ? '' : ', not all there are'}`,
    `- ${plural(audits.done, 'audit')} done${ago}`,
    `- ${plural(missedByEvents, 'change')} found by the audit that no event had told of`,
    `- the live model has ${parts.join(', ')}`,
    ...(problems.length === 0 ? ['- no warnings or errors'] : ['- the last warnings and errors:']),
    ...problems.map(({ time, level, message }) => `  - ${new Date(time).toISOString()} ${level}: ${code(message)}`),
  ];
}

function comparisonLines(comparison: Comparison): string[] {
  switch (comparison.kind) {
    case 'not-asked':
      return [];
    case 'no-hg':
      return [plain(comparison.message)];
    case 'failed':
      return [`${code(comparison.hg)} did not answer:`, '', ...quote(comparison.message)];
    case 'compared': {
      const { hg, differences } = comparison;
      if (differences.length === 0) return [`No difference from ${code(hg)}.`];
      const listed = differences.slice(0, MAX_LISTED).map(({ path, ours, hg: theirs }) => {
        return `- ${code(toDisplay(path))}: ${showVerdict(ours)} here, ${showVerdict(theirs)} by hg`;
      });
      const rest = differences.length - listed.length;
      return rest === 0 ? listed : [...listed, `- and ${plural(rest, 'more path')}`];
    }
  }
}

function showVerdict(verdict: Verdict | undefined): string {
  if (verdict === undefined) return 'not listed';
  return verdict.source === undefined ? verdict.letter : `${verdict.letter} from ${code(toDisplay(verdict.source))}`;
}

function section(lines: string[], title: string, content: readonly string[]): void {
  if (content.length > 0) lines.push(`## ${title}`, '', ...content, '');
}

function quote(text: string): string[] {
  return text
    .split('\n')
    .slice(0, MAX_ERROR_LINES)
    .map(line => `    ${harmless(line)}`);
}

/** Text in code style; a name may contain backticks, and newlines, which would end the item. */
function code(text: string): string {
  const line = harmless(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  if (longest === 0) return `\`${line}\``;
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${line} ${fence}`;
}

/** A sentence in which names may stand that Markdown would take for markup, or HTML. */
function plain(text: string): string {
  return harmless(text)
    .replaceAll(/[\\`*[\]<]|:(?=\/\/)|&(?=[#\w]+;)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&')
    .replace(/^(?=[#>+-])/, '\\')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}

/** A report is made to be sent to others. */
function harmless(text: string): string {
  return withoutSecrets(oneLine(text));
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
