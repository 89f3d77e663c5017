import * as os from 'node:os';

/** Everything except files that the configuration of a repository depends on. */
export interface ProcessEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeDirectory: string;
  /** The user whose files are trusted; undefined where files have no owner (Windows), and all are trusted. */
  readonly userId?: number | undefined;
}

/** The environment of this process, as it is now. */
export function currentEnvironment(): ProcessEnvironment {
  return {
    variables: { ...process.env },
    platform: process.platform,
    homeDirectory: os.homedir(),
    userId: process.geteuid?.(),
  };
}
