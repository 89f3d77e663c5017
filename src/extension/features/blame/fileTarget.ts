// A document as a file of a repository, in the working copy or in a changeset.
import type { TextDocument, Uri } from 'vscode';
import { workingFileOf } from '../../commands/commandArguments.ts';
import { addressOf } from '../../providers/contentUris.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import type { RepositoryLookup } from '../../repositories/repositories.ts';

export interface FileTarget {
  readonly repository: OpenRepository;
  readonly path: string;
  /** Set for a version of a file. */
  readonly node: string | undefined;
}

/** Undefined for a document that is in no repository. */
export function fileTargetOf(repositories: RepositoryLookup, uri: Uri): FileTarget | undefined {
  const address = addressOf(uri);
  if (address === undefined && uri.scheme !== 'file') return undefined;
  const file = workingFileOf(repositories, uri);
  if (file === undefined) return undefined;
  const node = address === undefined ? undefined : nodeOf(address.revision, file.repository);
  return address !== undefined && node === undefined ? undefined : { ...file, node };
}

/** In another encoding, the bytes that a save would write are not known here. */
export function sendsText(document: TextDocument): boolean {
  return document.isDirty && document.encoding.startsWith('utf8');
}

function nodeOf(revision: string, { model }: OpenRepository): string | undefined {
  if (revision === 'base') return model.head?.firstParent;
  return /^[0-9a-f]{40}$/.test(revision) ? revision : undefined;
}
