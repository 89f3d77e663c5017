// A document as a file of a repository, in the working copy or in a changeset.
import { workspace, type TextDocument, type Uri } from 'vscode';
import type { AnnotateQuery } from '../../../server/historyProtocol.ts';
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

/** The text that a save would write, as a query has it; nothing if the file on disk has it. */
export async function unsavedText(document: TextDocument): Promise<Pick<AnnotateQuery, 'text' | 'isEncoded'>> {
  if (!document.isDirty) return {};
  const text = document.getText();
  const { encoding } = document;
  if (encoding.startsWith('utf8')) return { text };
  const bytes = await workspace.encode(text, { encoding });
  return { text: Buffer.from(bytes).toString('latin1'), isEncoded: true };
}

function nodeOf(revision: string, { model }: OpenRepository): string | undefined {
  if (revision === 'base') return model.head?.firstParent;
  return /^[0-9a-f]{40}$/.test(revision) ? revision : undefined;
}
