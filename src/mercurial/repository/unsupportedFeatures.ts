// What is refused, by name, because the answer could differ from Mercurial's; everything else is answered exactly.
import * as path from 'node:path';
import { bytePath } from '../../base/bytePath.ts';
import type { HgConfig } from '../config/hgConfig.ts';
import type { Dirstate } from '../dirstate/dirstate.ts';
import type { Vfs } from '../vfs.ts';

/** What a repository is judged by. */
export interface SupportQuestion {
  readonly vfs: Vfs;
  /** Absolute path of the working copy. */
  readonly root: string;
  readonly hgDirectory: string;
  readonly requirements: ReadonlySet<string>;
  readonly config: HgConfig;
}

const REFUSED_REQUIREMENTS: readonly (readonly [string, string])[] = [
  ['exp-sparse', 'Sparse checkouts (the requirement exp-sparse) are not supported.'],
  ['narrowhg-experimental', 'Narrow clones (the requirement narrowhg-experimental) are not supported.'],
  ['largefiles', 'Repositories with largefiles (the requirement largefiles) are not supported.'],
  [
    'exp-remotefilelog-repo-req-1',
    'History that is kept elsewhere by remotefilelog (the requirement exp-remotefilelog-repo-req-1) is not supported.',
  ],
  ['exp-sqlite-001', 'History that is kept in SQLite (the requirement exp-sqlite-001) is not supported.'],
  ['git', 'History that is kept in Git (the requirement git) is not supported.'],
  ['exp-revlogv2.2', 'Revlogs of version 2 (the requirement exp-revlogv2.2) are not supported.'],
  ['exp-changelog-v2', 'A changelog of version 2 (the requirement exp-changelog-v2) is not supported.'],
  [
    'exp-copies-sidedata-changeset',
    'Copies that are recorded as side data (the requirement exp-copies-sidedata-changeset) are not supported.',
  ],
  ['parentdelta', 'The obsolete requirement parentdelta is not supported.'],
  ['manifestv2', 'The obsolete requirement manifestv2 is not supported.'],
];

/** What can be said without looking at the configuration: one clear sentence for each reason to refuse. */
export function unsupportedRequirements(requirements: ReadonlySet<string>): string[] {
  const reasons = REFUSED_REQUIREMENTS.filter(([name]) => requirements.has(name)).map(([, sentence]) => sentence);
  if (!requirements.has('revlogv1') && !requirements.has('exp-revlogv2.2')) {
    reasons.push('History in revlogs of version 0 (the requirement revlogv1 is missing) is not supported.');
  }
  return reasons;
}

/**
 * What the configuration says: filters change what a working file is compared as, and extensions what a status lists.
 *
 * An extension that is enabled without anything for it to do changes nothing: keyword without patterns, sparse without
 * a sparse checkout. win32text does nothing but offer filters, which matter only if `[encode]` names them. lfs is
 * supported.
 */
export function unsupportedConfiguration(question: SupportQuestion): string[] {
  const { vfs, hgDirectory, requirements, config } = question;
  const reasons: string[] = [];
  const filter = config.items('encode').find(item => item.value !== '!');
  if (filter !== undefined) {
    reasons.push(`Filters on working files are not supported ([encode] in ${filter.file}, line ${filter.line}).`);
  }
  if (config.isExtensionEnabled('keyword') && config.items('keyword').some(item => item.value !== 'ignore')) {
    reasons.push('Keyword expansion (the extension keyword) is not supported.');
  }
  if (
    config.isExtensionEnabled('sparse') &&
    !requirements.has('exp-sparse') &&
    ['sparse', 'tempsparse'].some(name => vfs.lstat(path.join(hgDirectory, name)) !== undefined)
  ) {
    reasons.push('Sparse checkouts (the extension sparse, and .hg/sparse) are not supported.');
  }
  return reasons;
}

/**
 * What depends on the tracked files too: eol changes how files are compared once there is an `.hgeol`, on disk or in the
 * first parent, whose files the dirstate lists; largefiles replaces what is below `.hglf`.
 */
export function unsupportedFiles(question: SupportQuestion, dirstate: Dirstate): string[] {
  const { vfs, root, hgDirectory, requirements, config } = question;
  const exists = (name: string): boolean =>
    dirstate.find(bytePath(name)) >= 0 || vfs.lstat(path.join(root, name)) !== undefined;
  const reasons: string[] = [];
  if (config.isExtensionEnabled('eol') && exists('.hgeol')) {
    reasons.push('Conversion of line ends (the extension eol, and .hgeol) is not supported.');
  }
  if (
    config.isExtensionEnabled('largefiles') &&
    !requirements.has('largefiles') &&
    (exists('.hglf') || vfs.lstat(path.join(hgDirectory, 'largefiles')) !== undefined)
  ) {
    reasons.push('Large files (the extension largefiles, and .hglf) are not supported.');
  }
  return reasons;
}
