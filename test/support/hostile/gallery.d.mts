/** A repository of the gallery that can be built. */
export interface HostileCase {
  readonly name: string;
  /** The damage, in words. */
  readonly provokes: string;
  /** The version of the dirstate; 1 if absent. */
  readonly format?: 'v1' | 'v2';
  /** The arguments of `cat`; `clean.txt` if absent. */
  readonly catArguments?: readonly string[];
  /** It takes minutes to build or to read. */
  readonly isLong?: boolean;
  /** False: not for the window of VS Code. */
  readonly editor?: false;
  /** Why it cannot be made here, or false. */
  readonly skip?: () => string | false;
}

export interface BuiltCase extends HostileCase {
  /** Absolute path of the working copy. */
  readonly root: string;
  /** A folder beside it; it need not exist. */
  readonly outside: string;
}

export declare const hostileCases: readonly HostileCase[];

export declare function buildGallery(folder: string, cases: readonly HostileCase[]): BuiltCase[];
