// The lines with which other programs ask the shared server. Nothing edits a user's files.
import * as nodePath from 'node:path';
import type { GitVersion } from '../daemon/gitVersion.ts';
import { shellWord } from './shellWords.ts';

/** The first Git with a daemon of its own on Linux. On macOS and Windows each Git that counts has one. */
const OWN_DAEMON_MINOR = 55;
/** The first Git that takes a slash at the end of a path for everything below it. */
const HOOK_MINOR = 37;

/** In random runs, `git status` with this cache alone differs from one without it. See docs/reliability.md. */
const UNTRACKED_CACHE = [
  'git config core.untrackedCache false',
  "# Git's untracked cache makes it faster still: 'true' instead of 'false'. But Git then lists, now and then, a",
  '# directory that has no untracked file any more, or misses a file.',
];

/** Returns the lines for a user's hgrc. */
export function hgSetup(): string {
  const extension = nodePath.join(import.meta.dirname, '..', 'hgext', 'quicksilver.py');
  return [
    "# Lines for your hgrc ('hg config --edit'). They let a running server answer 'hg status'.",
    '[extensions]',
    `quicksilver = ${extension}`,
    '# For rhg, which else runs hg for every command:',
    '[rhg]',
    'ignored-extensions = quicksilver, blackbox, share, sparse, narrow, strip, rebase, purge',
    '',
  ].join('\n');
}

/**
 * Returns commands for a shell that make `git status` fast in the repository at hand.
 * @param git undefined if it is not known
 * @param client absolute path of the native client; undefined if there is none
 */
export function gitSetup(git: GitVersion | undefined, platform: NodeJS.Platform, client: string | undefined): string {
  if (git === undefined) return "# There is no 'git' on the PATH.\n";
  const version = `Git ${git.major}.${git.minor}`;
  const isAtLeast = (minor: number): boolean => git.major > 2 || (git.major === 2 && git.minor >= minor);
  if (isAtLeast(platform === 'linux' ? OWN_DAEMON_MINOR : HOOK_MINOR)) {
    return lines(`# ${version} has a daemon of its own. Run these in a large repository:`, [
      'git config core.fsmonitor true',
      ...UNTRACKED_CACHE,
    ]);
  }
  if (!isAtLeast(HOOK_MINOR)) return `# ${version} is too old: the hook needs Git 2.${HOOK_MINOR}.\n`;
  if (client === undefined) return '# The native client is missing, and a hook in JavaScript would be slow.\n';
  return lines(`# ${version} asks the shared server through a hook. Run these in a large repository:`, [
    `git config core.fsmonitor ${shellWord(`${shellWord(client)} git-hook`)}`,
    'git config core.fsmonitorHookVersion 2',
    ...UNTRACKED_CACHE,
  ]);
}

function lines(comment: string, commands: readonly string[]): string {
  return [comment, ...commands, ''].join('\n');
}
