// Which hg is run, and whether it can do what is asked of it.
import { accessSync, constants, statSync } from 'node:fs';
import * as nodePath from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { ASK_VERSION } from './hgCall.ts';
import type { Variables } from './hgVariables.ts';
import { runProcess } from './runProcess.ts';

export type HgExecutable =
  | {
      readonly kind: 'found';
      readonly hg: string;
      /** The version as hg prints it; '' for a build without numbers. Absent if hg was not asked. */
      readonly version?: string;
    }
  /** The message explains how to fix it. */
  | { readonly kind: 'unavailable'; readonly message: string };

export interface HgSearch {
  readonly variables: Variables;
  /** The absolute path that the user has set. No other hg is used then. */
  readonly configured?: string | undefined;
  /** Where to look if there is none on PATH. */
  readonly usualPlaces?: readonly string[];
}

/** The first version that writes a status as JSON. */
const OLDEST = [3, 2] as const;
/**
 * The oldest version that may change a repository. Questions are separate from output since 5.0. A commit can be undone
 * while files change since 5.1.
 */
const OLDEST_TO_CHANGE = [5, 2] as const;

/** Results by the program's path, size and time: the version of an unchanged program stays the same. */
const checked = new Map<string, HgExecutable>();

/**
 * Returns the absolute path of `hg`, or undefined if PATH has none. Skips entries of PATH that are not absolute: they
 * would run a file of the current directory.
 */
export function findHg(variables: Variables = process.env): string | undefined {
  return findProgram('hg', variables);
}

/** Returns the absolute path of a program, as {@link findHg}, or else in one of some more directories. */
export function findProgram(name: string, variables: Variables, more: readonly string[] = []): string | undefined {
  const directories = (variables['PATH'] ?? variables['Path'] ?? '').split(nodePath.delimiter);
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return firstExecutable([...directories, ...more].map(directory => nodePath.join(directory, file)));
}

/** Finds hg by the setting, on PATH, or in a usual place. Starts nothing. */
export function locateHg({ variables, configured, usualPlaces }: HgSearch): HgExecutable {
  if (configured !== undefined && configured !== '') {
    if (firstExecutable([configured]) !== undefined) return { kind: 'found', hg: configured };
    const problem = nodePath.isAbsolute(configured) ? 'was not found or is not executable' : 'is not an absolute path';
    return { kind: 'unavailable', message: `'${configured}' (quicksilver.path) ${problem}.` };
  }
  const hg = findHg(variables) ?? firstExecutable(usualPlaces ?? usualHgPlaces(variables));
  if (hg !== undefined) return { kind: 'found', hg };
  return {
    kind: 'unavailable',
    message: 'Mercurial (hg) was not found. Install Mercurial, or set its path in quicksilver.path.',
  };
}

/**
 * Asks the program for its version. One that is too old, or not Mercurial, is not available. Nor is one that `signal`
 * stops before it answers.
 */
export async function checkHg(hg: string, variables: Variables, signal?: AbortSignal): Promise<HgExecutable> {
  const key = identityOf(hg);
  const known = checked.get(key);
  if (known !== undefined) return known;
  const cwd = nodePath.parse(hg).root;
  const result = await runProcess({ hg, args: ASK_VERSION, cwd, variables, signal });
  // A failure is not kept, because the next attempt may succeed.
  if (result.kind !== 'ended') return { kind: 'unavailable', message: result.message };
  const found = judgeVersion(hg, result.code, result.output.toString('utf8'), result.errors);
  if (result.code === 0) checked.set(key, found);
  return found;
}

/**
 * Interprets the output of `hg version -q`, in which hooks may write. A version without numbers is a private build and
 * counts as new.
 */
export function judgeVersion(hg: string, code: number, output: string, errors: string): HgExecutable {
  const line = /Mercurial Distributed SCM .*|^Mercurial\b.*/m.exec(output)?.[0];
  if (code !== 0 || line === undefined) {
    const said = (code === 0 ? output : errors).trim().split('\n')[0] ?? '';
    return { kind: 'unavailable', message: `${hg} is not Mercurial: ${said || `exit code ${code}`}` };
  }
  const [, version = ''] = /version (\d+\.\d+)/.exec(line) ?? [];
  if (isOlder(version, OLDEST)) {
    const message = `${hg} is Mercurial ${version}, but ${OLDEST.join('.')} or newer is required.`;
    return { kind: 'unavailable', message };
  }
  return { kind: 'found', hg, version };
}

/** Returns the message for an hg that can read but is too old to change a repository; undefined if it is new enough. */
export function tooOldToChange(hg: string, version = ''): string | undefined {
  if (!isOlder(version, OLDEST_TO_CHANGE)) return undefined;
  return `${hg} is Mercurial ${version}, but ${OLDEST_TO_CHANGE.join('.')} or newer is required to change a repository.`;
}

function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  if (version === '') return false;
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}

/** Where installers put hg, for programs that were not started from a shell and have a short PATH. */
export function usualHgPlaces(variables: Variables, platform: NodeJS.Platform = process.platform): string[] {
  if (platform === 'win32') {
    const folders = [variables['ProgramFiles'], variables['ProgramFiles(x86)'], variables['ProgramW6432']];
    return folders.flatMap(folder =>
      folder === undefined ? [] : ['Mercurial', 'TortoiseHg'].map(name => `${folder}\\${name}\\hg.exe`),
    );
  }
  const home = variables['HOME'];
  return [
    ...(platform === 'darwin' ? ['/opt/homebrew/bin/hg', '/opt/local/bin/hg'] : []),
    '/usr/local/bin/hg',
    '/usr/bin/hg',
    ...(home === undefined ? [] : [`${home}/.local/bin/hg`]),
  ];
}

function firstExecutable(paths: readonly string[]): string | undefined {
  return paths.find(path => nodePath.isAbsolute(path) && isExecutable(path));
}

function identityOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return [path, stat?.ino, stat?.size, stat?.mtimeMs].join('\0');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}
