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
    // Would let some of that back in.
    HGPLAINEXCEPT: undefined,
    HGENCODING: 'utf-8',
    HGENCODINGMODE: undefined,
    // What the system itself has to say is read by people and by tests alike.
    ...(process.platform !== 'win32' && { LC_ALL: 'C.UTF-8', LANGUAGE: undefined }),
  };
}

/** Options for every command in the repository at `root`, an absolute path. */
export function globalOptions(root: string): string[] {
  // Without these an hg that lacks its Rust parts refuses some formats that it can read.
  const slowPaths = ['storage.dirstate-v2.slow-path', 'storage.revlog.persistent-nodemap.slow-path'];
  return [
    ...slowPaths.flatMap(name => ['--config', `${name}=allow`]),
    '--noninteractive',
    // A command server belongs to no repository. It opens the one that is named, anew for each command: one that it was
    // started in it would keep, with ignore rules and configuration as they were once, for as long as the dirstate is the same.
    '--repository',
    root,
    '--cwd',
    root,
  ];
}
