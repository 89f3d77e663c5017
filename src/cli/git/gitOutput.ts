// The forms in which `git status` writes: short, porcelain versions 1 and 2, and JSON.
import { toDisplay, type BytePath } from '../../base/bytePath.ts';
import {
  conflictLetters,
  type ChangedPath,
  type ConflictedPath,
  type GitEntry,
  type SubmoduleState,
} from '../../backends/git/statusTypes.ts';
import { jsonShownIn, lineShownIn, utf8Bytes, type ByteSink } from '../io.ts';

/** The lines about the branch. */
export interface BranchLines {
  /** In hexadecimal; undefined before the first commit. */
  readonly id: string | undefined;
  /** Short name as a byte string; undefined if detached. */
  readonly branch: string | undefined;
  readonly upstream: string | undefined;
  /** Undefined if the upstream does not exist; 'unknown' if commits were not counted. */
  readonly distance: { readonly ahead: number; readonly behind: number } | 'same' | 'different' | undefined;
}

export interface GitOutput {
  readonly form: 'short' | 'v1' | 'v2' | 'json';
  readonly nul: boolean;
  /** Undefined if the output has no lines about the branch. */
  readonly branch: BranchLines | undefined;
  /** Only the second version for scripts has them. */
  readonly stashes: number;
  /** How a path is shown. */
  readonly display: (path: BytePath) => string;
  /** core.quotePath: bytes that are not ASCII are escaped. */
  readonly quotesBytes: boolean;
  /** Length of an object name in hexadecimal. */
  readonly digits: number;
}

export function writeGitStatus(entries: readonly GitEntry[], output: GitOutput, sink: ByteSink): void {
  if (output.form === 'json') {
    sink.write(jsonShownIn(sink)(utf8Bytes(jsonText(entries, output))));
    return;
  }
  const end = output.nul ? '\0' : '\n';
  const lines = output.form === 'v2' ? version2(entries, output) : short(entries, output);
  const shownLine = lineShownIn(sink);
  for (const line of lines) sink.write(shownLine(line) + end);
}

function* short(entries: readonly GitEntry[], output: GitOutput): Generator<string> {
  const { branch, nul } = output;
  const shown = (path: BytePath): string => (nul ? path : quoted(output.display(path), output.quotesBytes, true));
  if (branch !== undefined) yield `## ${shortBranch(branch)}`;
  for (const entry of entries) {
    if (entry.kind === 'untracked') yield `?? ${shown(entry.path)}`;
    else if (entry.kind === 'ignored') yield `!! ${shown(entry.path)}`;
    else if (entry.kind === 'conflicted') yield `${conflictLetters(entry.stages)} ${shown(entry.path)}`;
    else {
      const letters = (output.form === 'short' ? shortLetters(entry) : lettersOf(entry)).replaceAll('.', ' ');
      const { from } = entry;
      if (from === undefined) yield `${letters} ${shown(entry.path)}`;
      else if (nul) yield `${letters} ${entry.path}\0${from.path}`;
      else yield `${letters} ${shown(from.path)} -> ${shown(entry.path)}`;
    }
  }
}

function shortBranch({ id, branch, upstream, distance }: BranchLines): string {
  const name = branch ?? 'HEAD (no branch)';
  const start = id === undefined ? `No commits yet on ${name}` : name;
  if (upstream === undefined) return start;
  if (distance === undefined) return `${start}...${upstream} [gone]`;
  if (distance === 'different') return `${start}...${upstream} [different]`;
  if (distance === 'same') return `${start}...${upstream}`;
  const { ahead, behind } = distance;
  const parts = [...(ahead > 0 ? [`ahead ${ahead}`] : []), ...(behind > 0 ? [`behind ${behind}`] : [])];
  return `${start}...${upstream}${parts.length === 0 ? '' : ` [${parts.join(', ')}]`}`;
}

function* version2(entries: readonly GitEntry[], output: GitOutput): Generator<string> {
  const { branch, stashes, nul, digits } = output;
  const shown = (path: BytePath): string => (nul ? path : quoted(output.display(path), output.quotesBytes, false));
  const none = '0'.repeat(digits);
  if (branch !== undefined) yield* branchLines(branch);
  if (stashes > 0) yield `# stash ${stashes}`;
  for (const entry of entries) {
    if (entry.kind !== 'changed') continue;
    const modes = [entry.head?.mode, entry.index?.mode, entry.workingMode].map(octal).join(' ');
    const ids = [entry.head?.id ?? none, entry.index?.id ?? none].join(' ');
    const start = `${lettersOf(entry)} ${submoduleField(entry.submodule)} ${modes} ${ids}`;
    const { from } = entry;
    if (from === undefined) yield `1 ${start} ${shown(entry.path)}`;
    else yield `2 ${start} R${from.percent} ${shown(entry.path)}${nul ? '\0' : '\t'}${shown(from.path)}`;
  }
  for (const entry of entries) {
    if (entry.kind !== 'conflicted') continue;
    const modes = [...entry.stages.map(stage => stage?.mode), entry.workingMode].map(octal).join(' ');
    const ids = entry.stages.map(stage => stage?.id ?? none).join(' ');
    yield `u ${conflictLetters(entry.stages)} ${submoduleField(entry.submodule)} ${modes} ${ids} ${shown(entry.path)}`;
  }
  for (const entry of entries) if (entry.kind === 'untracked') yield `? ${shown(entry.path)}`;
  for (const entry of entries) if (entry.kind === 'ignored') yield `! ${shown(entry.path)}`;
}

function* branchLines({ id, branch, upstream, distance }: BranchLines): Generator<string> {
  yield `# branch.oid ${id ?? '(initial)'}`;
  yield `# branch.head ${branch ?? '(detached)'}`;
  if (upstream === undefined) return;
  yield `# branch.upstream ${upstream}`;
  if (distance === undefined) return;
  if (distance === 'same') yield '# branch.ab +0 -0';
  else yield distance === 'different' ? '# branch.ab +? -?' : `# branch.ab +${distance.ahead} -${distance.behind}`;
}

function lettersOf({ staged, unstaged }: ChangedPath): string {
  return staged + unstaged;
}

/** In the short form, changes of a submodule have letters of their own, also in the place of a file. */
function shortLetters(entry: ChangedPath): string {
  const { staged, unstaged, submodule } = entry;
  if (submodule === undefined || unstaged === 'D' || unstaged === '.') return staged + unstaged;
  if (submodule.commit) return `${staged}M`;
  return staged + (submodule.modified ? 'm' : submodule.untracked ? '?' : unstaged);
}

function submoduleField(state: SubmoduleState | undefined): string {
  if (state === undefined) return 'N...';
  return `S${state.commit ? 'C' : '.'}${state.modified ? 'M' : '.'}${state.untracked ? 'U' : '.'}`;
}

function octal(mode: number | undefined): string {
  return (mode ?? 0).toString(8).padStart(6, '0');
}

const ESCAPES: Readonly<Record<string, string | undefined>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

/** A path as Git quotes it, where it has characters that need that; with `blanks`, also where it has blanks. */
export function quoted(path: string, quotesBytes: boolean, blanks: boolean): string {
  const special = quotesBytes ? /[\0-\x1f"\\\x7f-\xff]/ : /[\0-\x1f"\\\x7f]/;
  if (!special.test(path)) return blanks && path.includes(' ') ? `"${path}"` : path;
  const all = new RegExp(special.source, 'g');
  return `"${path.replace(all, byte => ESCAPES[byte] ?? `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`)}"`;
}

interface JsonBranch {
  readonly oid: string | null;
  readonly head: string | null;
  readonly upstream?: string;
  readonly ahead?: number;
  readonly behind?: number;
}

/** One object: the branch, and an entry for each path, whose letters are those of porcelain version 2. */
function jsonText(entries: readonly GitEntry[], { branch }: GitOutput): string {
  const head = branch === undefined ? undefined : jsonBranch(branch);
  return `${JSON.stringify({ branch: head, entries: entries.map(jsonEntry) })}\n`;
}

function jsonBranch({ id, branch, upstream, distance }: BranchLines): JsonBranch {
  const counts = distance === 'same' ? { ahead: 0, behind: 0 } : typeof distance === 'object' ? distance : {};
  return {
    oid: id ?? null,
    head: branch === undefined ? null : toDisplay(branch),
    ...(upstream === undefined ? {} : { upstream: toDisplay(upstream) }),
    ...counts,
  };
}

function jsonEntry(entry: GitEntry): object {
  const path = toDisplay(entry.path);
  if (entry.kind === 'untracked') return { xy: '??', path };
  if (entry.kind === 'ignored') return { xy: '!!', path };
  if (entry.kind === 'conflicted') return jsonConflict(entry, path);
  const { from, head, index, workingMode } = entry;
  return {
    xy: lettersOf(entry),
    path,
    ...(from === undefined ? {} : { source: toDisplay(from.path), similarity: from.percent }),
    submodule: submoduleField(entry.submodule),
    modes: [octal(head?.mode), octal(index?.mode), octal(workingMode)],
    ids: [head?.id ?? null, index?.id ?? null],
  };
}

function jsonConflict(entry: ConflictedPath, path: string): object {
  return {
    xy: conflictLetters(entry.stages),
    path,
    submodule: submoduleField(entry.submodule),
    modes: [...entry.stages.map(stage => octal(stage?.mode)), octal(entry.workingMode)],
    ids: entry.stages.map(stage => stage?.id ?? null),
  };
}
