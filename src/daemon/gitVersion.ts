// The version of the user's Git, for the lines of `quicksilver daemon git-setup`.
import { execFile } from 'node:child_process';
import type { Variables } from './runtimeDirectory.ts';

const LONGEST_MS = 5000;

export interface GitVersion {
  readonly major: number;
  readonly minor: number;
}

/** Runs `git version`. Resolves with undefined if there is no Git on the PATH, or it prints something else. */
export function gitVersion(variables: Variables): Promise<GitVersion | undefined> {
  return new Promise(resolve => {
    // In the root directory, where a program of that name is the system's own.
    const options = { cwd: '/', env: { ...variables }, timeout: LONGEST_MS };
    execFile('git', ['version'], options, (error, output) => {
      const [, major, minor] = /^git version (\d+)\.(\d+)/.exec(error === null ? output : '') ?? [];
      resolve(major === undefined ? undefined : { major: Number(major), minor: Number(minor) });
    });
  });
}
