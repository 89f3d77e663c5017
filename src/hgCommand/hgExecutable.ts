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
      /** As it tells it itself; '' for a build without numbers. Absent if it was not asked. */
      readonly version?: string;
    }
  /** The message is a sentence that says what to do about it. */
  | { readonly kind: 'unavailable'; readonly message: string };

export interface HgSearch {
  readonly variables: Variables;
  /** What a person has set: an absolute path. Then nothing else is taken. */
  readonly configured?: string | undefined;
  /** Where to look if there is none on PATH. */
  readonly usualPlaces?: readonly string[];
}

/** The first version that writes a status as JSON. */
const OLDEST = [3, 2] as const;
/**
 * The first version that is trusted to change something: it tells its questions apart from its output (5.0), and can take
 * back a commit while files are changed (5.1).
 */
const OLDEST_TO_CHANGE = [5, 2] as const;
const VERSION_TIMEOUT_MS = 20_000;

/** What is known of programs, by path, size and time: a version does not change by itself. */
const checked = new Map<string, HgExecutable>();

/**
 * The absolute path of `hg`, or undefined if there is none on PATH. Entries of PATH that are not absolute are skipped, for
 * they would run what happens to lie in the current directory.
 */
export function findHg(variables: Variables = process.env): string | undefined {
  const directories = (variables['PATH'] ?? variables['Path'] ?? '').split(nodePath.delimiter);
  return firstExecutable(directories.map(directory => nodePath.join(directory, programName())));
}

/** Finds hg by the setting, on PATH, or in a usual place. Starts nothing. */
export function locateHg({ variables, configured, usualPlaces }: HgSearch): HgExecutable {
  if (configured !== undefined && configured !== '') {
    if (firstExecutable([configured]) !== undefined) return { kind: 'found', hg: configured };
    const problem = nodePath.isAbsolute(configured) ? 'was not found or is not executable' : 'is not an absolute path';
    return { kind: 'unavailable', message: `“${configured}” (quicksilver.path) ${problem}.` };
  }
  const hg = findHg(variables) ?? firstExecutable(usualPlaces ?? usualHgPlaces(variables));
  if (hg !== undefined) return { kind: 'found', hg };
  return {
    kind: 'unavailable',
    message: 'Mercurial (hg) was not found. Install Mercurial, or set its path in quicksilver.path.',
  };
}

/** Asks the program for its version. One that is too old, or not Mercurial, is not available. */
export async function checkHg(hg: string, variables: Variables): Promise<HgExecutable> {
  const key = identityOf(hg);
  const known = checked.get(key);
  if (known !== undefined) return known;
  const cwd = nodePath.parse(hg).root;
  const result = await runProcess({ hg, args: ASK_VERSION, cwd, variables, timeoutMs: VERSION_TIMEOUT_MS });
  // What may go better the next time is not kept.
  if (result.kind !== 'ended') return { kind: 'unavailable', message: result.message };
  const found = judgeVersion(hg, result.code, result.output.toString('utf8'), result.errors);
  if (result.code === 0) checked.set(key, found);
  return found;
}

/** What `hg version -q` tells of the program; a version without numbers is somebody's own build, and new. */
export function judgeVersion(hg: string, code: number, output: string, errors: string): HgExecutable {
  if (code !== 0 || !/^Mercurial\b/.test(output)) {
    const said = (code === 0 ? output : errors).trim().split('\n')[0] ?? '';
    return { kind: 'unavailable', message: `${hg} is not Mercurial: ${said || `exit code ${code}`}` };
  }
  const [, version = ''] = /version (\d+\.\d+)/.exec(output) ?? [];
  if (isOlder(version, OLDEST)) {
    const message = `${hg} is Mercurial ${version}, but ${OLDEST.join('.')} or newer is required.`;
    return { kind: 'unavailable', message };
  }
  return { kind: 'found', hg, version };
}

/** Says that an hg which is good enough to be asked is too old to change something; undefined if it is not. */
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

function programName(): string {
  return process.platform === 'win32' ? 'hg.exe' : 'hg';
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
