// Ignore files drawn by their grammar: for each, many paths are asked of `hg debugignore`, which need not exist, and of us.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { bytePath, compareBytes, parentPath, ROOT_PATH, toFsPath, type BytePath } from '../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { loadIgnoreRules } from '../../../src/mercurial/ignore/ignoreRules.ts';
import type { PatternMatcher } from '../../../src/mercurial/ignore/patternMatcher.ts';
import { Vfs } from '../../../src/files/vfs.ts';
import { hgIsAtLeast } from '../../support/hgVersion.ts';
import { Random } from '../../support/random.ts';
import { randomIgnoreFile, randomIgnorePath } from './ignoreGrammar.ts';
import { shrink } from './shrink.ts';
import { HgHasNoAnswer, type HgServers } from './world.ts';

/** Files of one case by their names; `.hgignore` is one of them. Byte strings. */
export type IgnoreFiles = Readonly<Record<string, string>>;

export interface IgnoreTally {
  /** Ignore files, and what became of them: each is in one of the next four. */
  files: number;
  answered: number;
  /** Invalid to both. */
  aborted: number;
  /** Refused by us, by name, where hg answers. */
  refused: number;
  /** hg does not end, or crashes. */
  noAnswer: number;
  /** Pairs of an ignore file and a path that both answered for. */
  pairs: number;
  /** Those that are ignored. */
  ignored: number;
  /** Those of which the line was compared, too, that the rule stands in. */
  lines: number;
}

export interface IgnoreDifference {
  readonly seed: number;
  readonly files: IgnoreFiles;
  /** The only path that it takes; none if it is the file as a whole. */
  readonly path: string | undefined;
  readonly hg: string;
  readonly ours: string;
}

export interface IgnoreRunResult {
  readonly tally: IgnoreTally;
  /** Why files were refused, and how often. */
  readonly refusals: ReadonlyMap<string, number>;
  readonly difference: IgnoreDifference | undefined;
}

/** What an ignore file says of a path: the line of the rule by which it is ignored (0 if that is not known). */
type Verdict =
  | { readonly ignored: false }
  /** `byRoot`: the rules match the root, and so everything is. */
  | { readonly ignored: true; readonly line: number; readonly byRoot?: true };

type Answer =
  | { readonly kind: 'verdicts'; readonly verdicts: readonly (Verdict | undefined)[] }
  | { readonly kind: 'aborts' | 'refuses' | 'no answer'; readonly why: string };

const PATHS_PER_FILE = 40;
/** Files that exist: of them `hg status` is asked, too, because rules that match the root decide there, and only there. */
const EXISTING = ['a', 'foo.o', 'sub/bar', 'lib/x.c', 'caf\xe9', 'new\nline/foo', 'FOO/1', 'a b', 'b.txt/c/d'].map(
  bytePath,
);
const INCLUDES = ['include:more', 'subinclude:sub/more', 'subinclude:foo/more', 'include:missing'];

/** Compares so many pairs, or up to the first difference, which is cut down. */
export async function ignoreRun(seed: number, pairs: number, servers: HgServers): Promise<IgnoreRunResult> {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-ignore-')));
  const comparison = new Comparison(root, servers);
  const refusals = new Map<string, number>();
  const tally = { files: 0, answered: 0, aborted: 0, refused: 0, noAnswer: 0, pairs: 0, ignored: 0, lines: 0 };
  const random = new Random(seed);
  try {
    await servers.run('c', ['init', root]);
    for (const file of EXISTING) {
      fs.mkdirSync(toFsPath(root, parentPath(file)), { recursive: true });
      fs.writeFileSync(toFsPath(root, file), '');
    }
    for (const nested of ['include-nested', 'include/nested'])
      await servers.run('c', ['init', path.join(root, nested)]);
    fs.symlinkSync('lib', path.join(root, 'includelink'));
    while (tally.pairs < pairs) {
      const drawn = Array.from({ length: PATHS_PER_FILE }, () => bytePath(randomIgnorePath(random)));
      const paths = [...new Set([...EXISTING, ...drawn])];
      const files = randomFiles(random, paths);
      tally.files++;
      const theirs = await comparison.hg(files, paths);
      const ours = comparison.ours(files, paths);
      if (theirs.kind === 'no answer') {
        tally.noAnswer++;
        continue;
      }
      if (ours.kind === 'refuses') {
        tally.refused++;
        const why = reasonOf(ours.why);
        refusals.set(why, (refusals.get(why) ?? 0) + 1);
        continue;
      }
      const at = firstDifference(paths, ours, theirs);
      if (at !== undefined) {
        const difference = await comparison.minimize(files, at === 'file' ? paths : [paths[at]!]);
        return { tally, refusals, difference: { seed, ...difference } };
      }
      if (theirs.kind !== 'verdicts' || ours.kind !== 'verdicts') {
        tally.aborted++;
        continue;
      }
      tally.answered++;
      for (const [i, verdict] of theirs.verdicts.entries()) {
        const own = ours.verdicts[i];
        if (verdict === undefined || own === undefined) continue;
        tally.pairs++;
        if (!verdict.ignored) continue;
        tally.ignored++;
        if (verdict.line > 0 && own.ignored && own.line > 0) tally.lines++;
      }
    }
    return { tally, refusals, difference: undefined };
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

function randomFiles(random: Random, paths: readonly string[]): IgnoreFiles {
  if (random.chance(0.85)) return { '.hgignore': randomIgnoreFile(random, paths) };
  return {
    '.hgignore': randomIgnoreFile(random, paths, [...INCLUDES, ...INCLUDES]),
    'more': randomIgnoreFile(random, paths),
    'sub/more': randomIgnoreFile(random, paths),
    'foo/more': randomIgnoreFile(random, paths),
  };
} // prettier-ignore

/** The index of the first path of which they differ, or that they differ in whether there is an answer. */
function firstDifference(paths: readonly BytePath[], ours: Answer, theirs: Answer): number | 'file' | undefined {
  if (ours.kind !== theirs.kind) return 'file';
  if (ours.kind !== 'verdicts' || theirs.kind !== 'verdicts') return undefined;
  const at = theirs.verdicts.findIndex((verdict, i) => {
    const own = ours.verdicts[i];
    if (verdict === undefined || own === undefined) return false;
    if (own.ignored && own.byRoot && !EXISTING.includes(paths[i]!)) return false;
    return own.ignored !== verdict.ignored || (verdict.ignored && !linesCompare(verdict, own));
  });
  return at < 0 ? undefined : at;
}

/** False only if both name a line, and not the same. */
function linesCompare(theirs: Verdict, ours: Verdict): boolean {
  return !theirs.ignored || !ours.ignored || theirs.line === 0 || ours.line === 0 || theirs.line === ours.line;
}

class Comparison {
  readonly #root: string;
  readonly #servers: HgServers;

  constructor(root: string, servers: HgServers) {
    this.#root = root;
    this.#servers = servers;
  }

  async hg(files: IgnoreFiles, paths: readonly BytePath[]): Promise<Answer> {
    this.#write(files);
    const place = ['-R', this.#root, '--cwd', this.#root];
    try {
      const status = await this.#servers.ask('c', [...place, 'status', '-i', '-n', '-0']);
      if (status.code !== 0) return { kind: 'aborts', why: status.errors };
      const ignored = new Set(status.output.split('\0'));
      const named = paths.map(at => `path:${at}`);
      const { code, output } = await this.#servers.run('c', [...place, 'debugignore', ...named]);
      // To name the rule it takes every pattern by itself, which need not be valid by itself.
      const explained = code === 0 ? verdictsOf(output, paths) : paths.map(() => undefined);
      // Of files that exist, the status has the last word.
      const verdicts = explained.map((verdict, i): Verdict | undefined => {
        const at = paths[i]!;
        if (!EXISTING.includes(at) || verdict?.ignored === ignored.has(at)) return verdict;
        return ignored.has(at) ? { ignored: true, line: 0 } : { ignored: false };
      });
      return { kind: 'verdicts', verdicts };
    } catch (error) {
      if (error instanceof HgHasNoAnswer) return { kind: 'no answer', why: error.message };
      throw error;
    }
  }

  ours(files: IgnoreFiles, paths: readonly BytePath[]): Answer {
    this.#write(files);
    let matcher: PatternMatcher;
    try {
      const options = { root: this.#root, ignoreFiles: [path.join(this.#root, '.hgignore')] };
      matcher = loadIgnoreRules(new Vfs(), options).matcher;
    } catch (error) {
      if (!(error instanceof QuicksilverError)) throw error;
      if (error.code === 'unsupported') return { kind: 'refuses', why: error.message };
      // A mistake in a file that is subincluded is found by hg only when something below its directory is asked for.
      const isFirst = error.file === undefined || path.dirname(error.file) === this.#root;
      return { kind: isFirst ? 'aborts' : 'refuses', why: error.message };
    }
    const byRoot = matcher.matches(ROOT_PATH);
    const verdicts = paths.map((at): Verdict => {
      const ignored = matcher.isIgnored(bytePath(at));
      const explained = matcher.explainIgnored(bytePath(at));
      if (ignored !== (explained !== undefined)) throw new Error(`no explanation of ${JSON.stringify(at)}`);
      if (explained === undefined) return { ignored: false };
      if (byRoot) return { ignored: true, line: 0, byRoot };
      // Of an expression alone, hg numbers groups otherwise than of all joined; and it knows one file only.
      const isPlain = Object.keys(files).length === 1 && !files['.hgignore']!.includes('(');
      return { ignored: true, line: isPlain ? explained.rule.line : 0 };
    });
    return { kind: 'verdicts', verdicts };
  }

  /** Lines, and in them characters, that are not needed are left out. */
  async minimize(files: IgnoreFiles, paths: readonly BytePath[]): Promise<Omit<IgnoreDifference, 'seed'>> {
    const differs = async (candidate: IgnoreFiles): Promise<boolean> => {
      const ours = this.ours(candidate, paths);
      const theirs = await this.hg(candidate, paths);
      if (ours.kind === 'refuses' || theirs.kind === 'no answer') return false;
      return firstDifference(paths, ours, theirs) !== undefined;
    };
    let smallest = files;
    for (const name of Object.keys(files)) {
      for (const separator of ['\n', '']) {
        const put = (parts: readonly string[]): IgnoreFiles => ({ ...smallest, [name]: parts.join(separator) });
        const parts = smallest[name]!.split(separator);
        if (!(await differs(put(parts)))) continue;
        smallest = put(await shrink(parts, async candidate => differs(put(candidate)), () => true));
      }
    }
    const describe = (answer: Answer): string => `${answer.kind} ${'why' in answer ? answer.why : JSON.stringify(answer.verdicts)}`;
    const [ours, theirs] = [this.ours(smallest, paths), await this.hg(smallest, paths)];
    return { files: smallest, path: paths.length === 1 ? paths[0] : undefined, hg: describe(theirs), ours: describe(ours) };
  } // prettier-ignore

  #write(files: IgnoreFiles): void {
    for (const [name, content] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(this.#root, name)), { recursive: true });
      fs.writeFileSync(path.join(this.#root, name), content, 'latin1');
    }
  }
}

const RULE = /\n\(ignore rule in .*, line (\d+): '/y;

/** Reads the output of `hg debugignore`, in which names may hold anything, by what is expected next. */
function verdictsOf(output: string, paths: readonly BytePath[]): Verdict[] {
  const answered = hgIsAtLeast(7, 2) ? [...paths].sort(compareBytes) : paths;
  const verdicts = new Map(inOrder(output, answered).map((verdict, i) => [answered[i], verdict]));
  return paths.map(at => verdicts.get(at)!);
}

function inOrder(output: string, paths: readonly BytePath[]): Verdict[] {
  let position = 0;
  return paths.map((at, i) => {
    if (!output.startsWith(`${at} is `, position)) {
      throw new Error(`the answer about ${JSON.stringify(at)} is not in ${JSON.stringify(output.slice(position, position + 400))}`);
    }
    position += at.length + ' is '.length;
    if (output.startsWith('not ignored\n', position)) {
      position += 'not ignored\n'.length;
      return { ignored: false };
    }
    const next = paths[i + 1];
    const end = next === undefined ? output.length : output.indexOf(`')\n${next} is `, position) + "')\n".length;
    const rule = output.indexOf('\n(ignore rule in ', position);
    RULE.lastIndex = rule;
    const line = rule < 0 || rule > end ? undefined : RULE.exec(output)?.[1];
    position = end;
    return { ignored: true, line: Number(line ?? 0) };
  });
} // prettier-ignore

/** Without the file, the line and the pattern. */
function reasonOf(message: string): string {
  const reason = / (cannot be [a-z ]*|is [a-z ]*)$/.exec(message)?.[1];
  return reason ?? message.replace(/^.*?:\d+: /, '').replace(/: .*/s, '');
}
