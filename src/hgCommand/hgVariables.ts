// What hg is started with, so that its answer can be read whatever its user has configured.

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The environment for hg. HGPLAIN switches off aliases, defaults, colours, the pager, translations and verbosity; the
 * rest of the person's configuration stays in force, because it decides what the right answer is.
 */
export function hgVariables(base: Variables): Record<string, string | undefined> {
  return {
    ...base,
    HGPLAIN: '1',
    // What the person has excepted would be let in again. Exit codes that tell kinds of failures apart are asked for below.
    HGPLAINEXCEPT: 'exitcode',
    HGENCODING: 'utf-8',
    HGENCODINGMODE: undefined,
    // It would come before the editor of {@link optionsFor}.
    HGEDITOR: undefined,
    // Conflicts become markers in the files: a program that opens a window would wait where nobody sees it. This comes before
    // the tools that the person has set for some files.
    HGMERGE: 'internal:merge',
    // What the system itself has to say is read by people and by tests alike.
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
  /** Whether somebody answers its questions. */
  readonly isInteractive: boolean;
  /** Whether it changes something, or may. */
  readonly changes: boolean;
}

/** Options for a command. */
export function optionsFor({ root, cwd, isInteractive, changes }: OptionsFor): string[] {
  const config = [
    // Nobody would see an editor that hg opens: a command that wants one ends at once instead of waiting for ever. One that
    // is begun to have messages edited names another one after this, see editorProgram.ts.
    `ui.editor=${process.platform === 'win32' ? 'exit 1 &rem' : 'false'}`,
    // Without these an hg that lacks its Rust parts refuses some formats that it can read.
    'storage.dirstate-v2.slow-path=allow',
    'storage.revlog.persistent-nodemap.slow-path=allow',
    ...(changes ? ['ui.detailed-exit-code=True', `ui.timeout=${LOCK_SECONDS}`] : []),
    ...(isInteractive ? ['ui.interactive=True'] : []),
  ];
  return [
    ...config.flatMap(setting => ['--config', setting]),
    ...(isInteractive ? [] : ['--noninteractive']),
    // A command server belongs to no repository. It opens the one that is named, anew for each command: one that it was
    // started in it would keep, with ignore rules and configuration as they were once, for as long as the dirstate is the same.
    ...(root === undefined ? [] : ['--repository', root]),
    '--cwd',
    cwd,
  ];
}

/** Options for a command that only reads, in the repository at `root`, an absolute path. */
export function globalOptions(root: string): string[] {
  return optionsFor({ root, cwd: root, isInteractive: false, changes: false });
}
