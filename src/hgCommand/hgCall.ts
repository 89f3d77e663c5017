// A command of hg as data. Options are constants of ours; texts from elsewhere have places of their own. A foreign text
// (from a repository, a server, the user, another extension) cannot become an option: such a call does not compile.

/** The commands that we run. */
export type HgVerb =
  | 'add'
  | 'addremove'
  | 'bisect'
  | 'bookmark'
  | 'bookmarks'
  | 'branch'
  | 'branches'
  | 'cat'
  | 'clone'
  | 'commit'
  | 'config'
  | 'copy'
  | 'forget'
  | 'graft'
  | 'histedit'
  | 'incoming'
  | 'init'
  | 'log'
  | 'merge'
  | 'outgoing'
  | 'paths'
  | 'pull'
  | 'push'
  | 'rebase'
  | 'recover'
  | 'remove'
  | 'rename'
  | 'resolve'
  | 'revert'
  | 'shelve'
  | 'status'
  | 'strip'
  | 'tag'
  | 'tags'
  | 'transplant'
  | 'unamend'
  | 'uncommit'
  | 'unshelve'
  | 'update';

/** Options without a foreign value. An option that names a program, such as a tool, is always a constant. */
export type HgFlag =
  | '--abort'
  | '--added'
  | '--after'
  | '--all'
  | '--allow-dirty-working-copy'
  | '--amend'
  | '--bad'
  | '--clean'
  | '--close-branch'
  | '--closed'
  | '--continue'
  | '--copies'
  | '--decode'
  | '--delete'
  | '--deleted'
  | '--force'
  | '--good'
  | '--inactive'
  | '--keep'
  | '--list'
  | '--local'
  | '--logfile=-'
  | '--mark'
  | '--merge'
  | '--modified'
  | '--new-branch'
  | '--newest-first'
  | '--no-backup'
  | '--no-keep'
  | '--patch'
  | '--quiet'
  | '--remove'
  | '--removed'
  | '--reset'
  | '--skip'
  | '--stop'
  | '--subrepos'
  | '--tool=internal:local'
  | '--tool=internal:merge'
  | '--unknown'
  | '--unmark'
  | `--limit=${number}`
  | `--similarity=${number}`;

/** Options whose value may be foreign. Option and value become one word, which hg does not take apart again. */
export type HgValueOption = '--bookmark' | '--branch' | '--message' | '--name' | '--rename' | '--rev' | '--template';

export type HgOption = HgFlag | readonly [option: HgValueOption, value: string];

/** Settings for one command. None of them can name a program. */
export type HgSetting =
  | `extensions.${'histedit' | 'rebase' | 'shelve' | 'strip' | 'transplant' | 'uncommit'}=`
  | 'ui.askusername=True'
  | 'ui.merge=internal:merge'
  | `templatealias.${string}=${string}`;

export interface HgCall {
  readonly verb: HgVerb;
  readonly options?: readonly HgOption[] | undefined;
  readonly settings?: readonly HgSetting[] | undefined;
  /** Names, addresses and absolute folders, foreign or not. They follow "--", where nothing is an option. */
  readonly operands?: readonly string[] | undefined;
  /** Files, relative to the root, as the protocol spells them. Never empty: hg would take that for all files. */
  readonly files?: readonly string[] | undefined;
}

declare const made: unique symbol;
/** All words for one process or one command of a server. Only the functions here make them. */
export type HgArguments = readonly string[] & { readonly [made]: true };

/** The words before the verb. */
export interface GlobalOptions {
  readonly settings: readonly string[];
  /** Absolute path of the working copy; undefined for commands that need none. */
  readonly root: string | undefined;
  /** Where it runs: an absolute path. */
  readonly cwd: string;
  readonly isInteractive: boolean;
}

/**
 * Returns the words of a command. Settings, root and folder come before the verb: with `+strictflags` (hgVariables.ts),
 * hg accepts them nowhere else.
 * @param files the files of the call, each as a word such as `path:a`
 */
export function toArguments(
  { settings, root, cwd, isInteractive }: GlobalOptions,
  call: Omit<HgCall, 'files'>,
  files: readonly string[] = [],
): HgArguments {
  return asArguments([
    ...[...settings, ...(call.settings ?? [])].map(setting => `--config=${setting}`),
    ...(isInteractive ? [] : ['--noninteractive']),
    // A command server belongs to no repository and opens the named one anew for each command. It would keep the one
    // that it was started in, with old ignore rules and configuration, as long as the dirstate stays the same.
    ...(root === undefined ? [] : [`--repository=${root}`]),
    `--cwd=${cwd}`,
    ...ownWords(call, files),
  ]);
}

/** Returns the verb and the words after it. */
export function ownWords({ verb, options = [], operands = [] }: HgCall, files: readonly string[] = []): string[] {
  const last = [...operands, ...files];
  return [
    verb,
    ...options.map(option => (typeof option === 'string' ? option : `${option[0]}=${option[1]}`)),
    ...(last.length === 0 ? [] : ['--', ...last]),
  ];
}

export const ASK_VERSION = asArguments(['version', '--quiet']);

/** Starts a command server that has a channel of its own for messages, see commandServer.ts. */
export const SERVE = asArguments([
  '--config=cmdserver.message-encodings=cbor',
  '--config=ui.message-output=channel',
  'serve',
  '--cmdserver=pipe',
]);

function asArguments(words: readonly string[]): HgArguments {
  return words as HgArguments;
}
