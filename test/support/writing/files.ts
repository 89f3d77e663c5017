// Finds the files whose prose the rules apply to, and their problems.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { commentProse, jsonProse, markdownProse, type Prose } from './prose.ts';
import { problemsOf, type Problem } from './rules.ts';

export const PROJECT = join(import.meta.dirname, '..', '..', '..');

const FOLDERS = ['.', 'docs', 'src', 'native', 'scripts', 'test/support', '.github', '.devcontainer'];
/** Words of the license and of the interface in other languages, and prose that a program writes. */
const LEFT_OUT = /^LICENSE|^THIRD-PARTY|^package\.nls\.\w+\.json$|^l10n\/bundle\.l10n\.\w+\.json$/;

export interface FileProblem extends Problem {
  readonly path: string;
}

/** Returns the paths of all checked files, relative to the project, with '/'. */
export function checkedFiles(): string[] {
  const found: string[] = [];
  for (const folder of FOLDERS) {
    const directory = join(PROJECT, folder);
    if (!existsSync(directory)) continue;
    for (const item of readdirSync(directory, { recursive: folder !== '.', withFileTypes: true })) {
      const path = relative(PROJECT, join(item.parentPath, item.name)).split(sep).join('/');
      if (item.isFile() && reader(path) !== undefined && !LEFT_OUT.test(path)) found.push(path);
    }
  }
  for (const path of ['l10n/bundle.l10n.json']) if (existsSync(join(PROJECT, path))) found.push(path);
  return found.sort();
}

/** Returns the problems of one file; none for a kind of file that has no prose. */
export function problemsInFile(path: string): FileProblem[] {
  const read = reader(path);
  if (read === undefined) return [];
  const text = readFileSync(join(PROJECT, path), 'utf8').replace(/\r\n/g, '\n');
  return problemsOf(read(text)).map(problem => ({ ...problem, path }));
}

function reader(path: string): ((text: string) => Prose) | undefined {
  if (path.endsWith('.md')) return markdownProse;
  if (/(?:^|\/)(?:package\.nls|bundle\.l10n)\.json$/.test(path)) return jsonProse;
  return /\.(?:[cm]?[jt]s|[ch])$/.test(path) ? commentProse : undefined;
}
