// The URIs of versions of files; see contentAddress.ts for what is in them.
import { Uri } from 'vscode';
import { BASE, CONTENT_SCHEME, fromQuery, toQuery, type ContentAddress } from './contentAddress.ts';
import { shortNode } from '../common/changesetIds.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import { texts } from '../scm/scmStrings.ts';
import { fileUri } from '../common/uris.ts';

export type ContentRoot = Pick<OpenRepository, 'root' | 'rootUri'>;

/** Returns the URI of the version that changes are compared with; its content follows the working copy's parent. */
export function baseUri(repository: ContentRoot, path: string): Uri {
  return contentUri(repository, { path, revision: BASE, label: texts.parentLabel() });
}

/** A file in one revision for good. */
export function versionUri(repository: ContentRoot, path: string, changeset: string): Uri {
  return contentUri(repository, { path, revision: changeset, label: shortNode(changeset) });
}

/** A revision of a file by its own node, with a label of the caller's. All zeros are an empty file. */
export function fileVersionUri(repository: ContentRoot, path: string, fileNode: string, label: string): Uri {
  return contentUri(repository, { path, revision: `file:${fileNode}`, label });
}

/** The address in a `quicksilver:` URI; undefined for all others. */
export function addressOf(uri: Uri): ContentAddress | undefined {
  return uri.scheme === CONTENT_SCHEME ? fromQuery(uri.query) : undefined;
}

function contentUri(repository: ContentRoot, address: Omit<ContentAddress, 'root'>): Uri {
  return Uri.from({
    scheme: CONTENT_SCHEME,
    path: fileUri(repository.rootUri, address.path).path,
    query: toQuery({ ...address, root: repository.root }),
  });
}
