// The environment and options of hg that make its output readable, whatever the user has configured.
import type { GlobalOptions } from './hgCall.ts';

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Returns the environment for hg. HGPLAIN switches off aliases, defaults, colors, the pager, translations and
 * verbosity. The rest of the user's configuration stays in force, because the right answer depends on it.
 */
export function hgVariables(base: Variables): Record<string, string | undefined> {
  return {
    ...base,
    // hg takes --config, --cwd, -R and --debugger from before the command only, never from the value of another option.
    // Hooks that run hg are not bound by it: from 5.7 on, hg sets HGPLAIN=1 for them.
    HGPLAIN: '+strictflags',
    // Replaces the user's own list of exceptions. Detailed exit codes are requested below.
    HGPLAINEXCEPT: 'exitcode',
    HGENCODING: 'utf-8',
    HGENCODINGMODE: undefined,
    // It would come before the editor of {@link globalOptions}.
    HGEDITOR: undefined,
    // Conflicts become markers in the files: a merge tool would wait in a window that nobody sees. This setting
    // precedes the tools that the user configured for some files.
    HGMERGE: 'internal:merge',
    // Messages of the operating system are read by programs and tests alike.
    ...(process.platform !== 'win32' && { LC_ALL: 'C.UTF-8', LANGUAGE: undefined }),
  };
}

/** How many seconds a command waits for another one that holds the lock. */
const LOCK_SECONDS = 4;

export interface OptionsFor {
  /** Absolute path of the working copy; undefined for commands that need none, such as init and clone. */
  readonly root: string | undefined;
  /** Where it runs: an absolute path. */
  readonly cwd: string;
  /** True if somebody answers hg's questions. */
  readonly isInteractive: boolean;
  /** True if the command may change something. */
  readonly changes: boolean;
  /** A line for the system's shell that edits a message; without it, a command that wants one fails. */
  readonly editor?: string | undefined;
}

/** Options for a command. */
export function globalOptions({ root, cwd, isInteractive, changes, editor }: OptionsFor): GlobalOptions {
  const settings = [
    // Nobody would see an editor that hg opens: a command that wants one ends at once instead of waiting for ever.
    `ui.editor=${editor ?? (process.platform === 'win32' ? 'exit 1 &rem' : 'false')}`,
    // Without these an hg that lacks its Rust parts refuses some formats that it can read.
    'storage.dirstate-v2.slow-path=allow',
    'storage.revlog.persistent-nodemap.slow-path=allow',
    ...(changes ? ['ui.detailed-exit-code=True', `ui.timeout=${LOCK_SECONDS}`] : []),
    ...(isInteractive ? ['ui.interactive=True'] : []),
  ];
  return { settings, root, cwd, isInteractive };
}
