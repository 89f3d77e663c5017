import * as os from 'node:os';
import { systemErrorCode } from '../base/errors.ts';

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
    homeDirectory: homeDirectory(),
    userId: process.geteuid?.(),
  };
}

/**
 * Returns the user's home directory: HOME, else that of the system's list. Returns '/' for a user who is not listed,
 * as in some containers.
 */
export function homeDirectory(): string {
  return withoutEntry(os.homedir);
}

/** As {@link homeDirectory}, by the system's list alone. */
export function listedHomeDirectory(): string {
  return withoutEntry(() => os.userInfo().homedir);
}

function withoutEntry(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return '/';
  }
}
