// From paths of the engine to URIs of VS Code and back.
import { FileType, Uri, workspace, type TextDocument } from 'vscode';
import { pathKey } from './rootMap.ts';

const LONE_SURROGATE = /\p{Surrogate}/u;

/** False for names with bytes that are not UTF-8: VS Code can list such a file, but not open it. */
export function isReadableName(path: string): boolean {
  return !LONE_SURROGATE.test(path);
}

/**
 * Returns the URI of a file in a repository. It derives from the root's URI without parsing, because thousands are made
 * at a time. Bytes that are not UTF-8 become U+FFFD.
 */
export function fileUri(root: Uri, path: string): Uri {
  const readable = isReadableName(path) ? path : path.replace(/\p{Surrogate}/gu, '\ufffd');
  const separator = root.path.endsWith('/') ? '' : '/';
  return root.with({ path: `${root.path}${separator}${readable}` });
}

export function uriKey(uri: Uri): string {
  return pathKey(uri.path);
}

export function isOnDisk(document: TextDocument): boolean {
  return document.uri.scheme === 'file';
}

/** True if the file exists. */
export async function exists(uri: Uri): Promise<boolean> {
  return (await typeOf(uri)) !== undefined;
}

/** The document with this URI, if it is open. */
export function openDocument(uri: Uri): TextDocument | undefined {
  return workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
}

/** Returns the file that a tab of VS Code's merge editor writes. The class of its input is no stable API. */
export function mergeResultOf(input: unknown): Uri | undefined {
  if (typeof input !== 'object' || input === null || !('result' in input)) return undefined;
  return input.result instanceof Uri ? input.result : undefined;
}

/** Returns the type of a file, with {@link FileType.SymbolicLink} for any link; undefined if there is no file. */
export async function typeOf(uri: Uri): Promise<FileType | undefined> {
  try {
    return (await workspace.fs.stat(uri)).type;
  } catch {
    return undefined;
  }
}

export async function isLink(uri: Uri): Promise<boolean> {
  return ((await typeOf(uri)) ?? 0) >= FileType.SymbolicLink;
}
