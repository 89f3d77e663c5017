// Features that are unsupported, by name, because the answer could differ from Mercurial's. Everything else is
// answered exactly.
import type { HgConfig } from '../config/hgConfig.ts';
import { REMOTEFILELOG, SQLITE } from '../store/remoteFiles.ts';
import { NARROW, SPARSE } from './sparse.ts';
import type { Vfs } from '../../files/vfs.ts';

/** The facts that decide about a repository. */
export interface SupportQuestion {
  readonly vfs: Vfs;
  /** Absolute path of the working copy. */
  readonly root: string;
  readonly hgDirectory: string;
  readonly requirements: ReadonlySet<string>;
  readonly config: HgConfig;
}

const REFUSED_REQUIREMENTS: readonly (readonly [string, string])[] = [
  ['git', 'History that is kept in Git (the requirement git) is not supported.'],
  ['parentdelta', 'The obsolete requirement parentdelta is not supported.'],
  ['manifestv2', 'The obsolete requirement manifestv2 is not supported.'],
];

/** Mercurial opens such a repository only with the extension. */
const EXTENSION_OF: readonly (readonly [requirement: string, extension: string])[] = [
  [SPARSE, 'sparse'],
  [NARROW, 'narrow'],
  [REMOTEFILELOG, 'remotefilelog'],
  [SQLITE, 'sqlitestore'],
];

/** Returns the reasons that do not depend on the configuration: one clear sentence each. */
export function unsupportedRequirements(requirements: ReadonlySet<string>): string[] {
  return REFUSED_REQUIREMENTS.filter(([name]) => requirements.has(name)).map(([, sentence]) => sentence);
}

/**
 * Returns the reasons in the configuration: filters change the compared content of a working file, and extensions the
 * files of a status.
 *
 * An enabled extension without work changes nothing: keyword without patterns, sparse without its requirement. The
 * extension win32text only offers filters, which matter only if `[encode]` names them. The extension lfs is supported.
 */
export function unsupportedConfiguration(question: SupportQuestion): string[] {
  const { requirements, config } = question;
  const reasons: string[] = [];
  for (const [requirement, extension] of EXTENSION_OF) {
    if (!requirements.has(requirement) || config.isExtensionEnabled(extension)) continue;
    reasons.push(`The requirement ${requirement} without the extension ${extension} is not supported.`);
  }
  return reasons;
}
