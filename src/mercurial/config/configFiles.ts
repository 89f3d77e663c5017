import * as path from 'node:path';
import type { ProcessEnvironment } from '../../files/environment.ts';
import { expandPath } from './expandPath.ts';

/** A place where configuration may be. */
export interface ConfigLocation {
  readonly path: string;
  /** 'directory' means all of its '*.rc' files in order; 'either' is decided by what is there. */
  readonly kind: 'file' | 'directory' | 'either';
}

/**
 * Returns the places of the system's and the user's configuration in reading order: later files win. HGRCPATH, if set,
 * replaces all of them; an empty HGRCPATH means none.
 *
 * @param exists true if the file exists; used to find Mercurial's installation, because Mercurial reads etc/mercurial
 * there
 */
export function globalConfigLocations(
  environment: ProcessEnvironment,
  exists: (file: string) => boolean,
): ConfigLocation[] {
  const { variables, platform } = environment;
  const override = variables['HGRCPATH'];
  if (override !== undefined) {
    return override
      .split(platform === 'win32' ? ';' : ':')
      .filter(item => item !== '')
      .map(item => ({ path: expandPath(item, environment), kind: 'either' }));
  }
  const system = platform === 'win32' ? windowsSystem(environment, exists) : unixSystem(environment, exists);
  return [...system, ...userFiles(environment).map(file => ({ path: file, kind: 'file' as const }))];
}

function unixSystem(environment: ProcessEnvironment, exists: (file: string) => boolean): ConfigLocation[] {
  const executable = findExecutable(environment, exists, ':', ['hg']);
  const directories = new Set(['/etc/mercurial']);
  const installed = executable === undefined ? undefined : path.join(path.dirname(executable), '..', 'etc/mercurial');
  return [...(installed === undefined ? [] : [installed]), ...directories]
    .filter((directory, index, all) => all.indexOf(directory) === index)
    .flatMap(inDirectory);
}

function windowsSystem(environment: ProcessEnvironment, exists: (file: string) => boolean): ConfigLocation[] {
  const locations: ConfigLocation[] = [];
  const executable = findExecutable(environment, exists, ';', ['hg.exe']);
  if (executable !== undefined) {
    const directory = path.win32.dirname(executable);
    locations.push({ path: path.win32.join(directory, 'mercurial.ini'), kind: 'file' });
    locations.push({ path: path.win32.join(directory, 'hgrc.d'), kind: 'directory' });
  }
  const programData = environment.variables['PROGRAMDATA'] ?? environment.variables['ProgramData'];
  if (programData !== undefined) {
    const directory = path.win32.join(programData, 'Mercurial');
    locations.push({ path: path.win32.join(directory, 'mercurial.ini'), kind: 'file' });
    locations.push({ path: path.win32.join(directory, 'hgrc'), kind: 'file' });
    locations.push({ path: path.win32.join(directory, 'hgrc.d'), kind: 'directory' });
  }
  return locations;
}

function inDirectory(directory: string): ConfigLocation[] {
  return [
    { path: `${directory}/hgrc`, kind: 'file' },
    { path: `${directory}/hgrc.d`, kind: 'directory' },
  ];
}

function userFiles({ variables, platform, homeDirectory }: ProcessEnvironment): string[] {
  if (platform === 'win32') {
    const profile = variables['USERPROFILE'];
    const homes = profile === undefined || profile === homeDirectory ? [homeDirectory] : [homeDirectory, profile];
    return homes.flatMap(home => [path.win32.join(home, 'mercurial.ini'), path.win32.join(home, '.hgrc')]);
  }
  const configured = variables['XDG_CONFIG_HOME'];
  const xdg = configured === undefined || configured === '' ? `${homeDirectory}/.config` : configured;
  return [`${homeDirectory}/.hgrc`, `${xdg}/hg/hgrc`];
}

function findExecutable(
  { variables }: ProcessEnvironment,
  exists: (file: string) => boolean,
  separator: string,
  names: readonly string[],
): string | undefined {
  const directories = (variables['PATH'] ?? variables['Path'] ?? '').split(separator);
  return directories
    .filter(directory => path.isAbsolute(directory))
    .flatMap(directory => names.map(name => path.join(directory, name)))
    .find(exists);
}
