// Texts that are no files, in editors that cannot be edited: patches, and the targets of symbolic links.
import { EventEmitter, Uri, workspace, type ExtensionContext } from 'vscode';

const SCHEME = 'quicksilver-text';

/** The texts so far, by the path of their URIs. A closed editor may be opened again from VS Code's history. */
const texts = new Map<string, string>();
let didChange: EventEmitter<Uri> | undefined;

/**
 * Returns the URI of a document with this text.
 * @param path the last part becomes the title of the editor
 */
export function textUri({ subscriptions }: ExtensionContext, path: string, text: string): Uri {
  if (didChange === undefined) {
    didChange = new EventEmitter<Uri>();
    const provider = { onDidChange: didChange.event, provideTextDocumentContent: (uri: Uri) => texts.get(uri.path) };
    subscriptions.push(didChange, workspace.registerTextDocumentContentProvider(SCHEME, provider));
  }
  const uri = Uri.from({ scheme: SCHEME, path: path.startsWith('/') ? path : `/${path}` });
  texts.set(uri.path, text);
  didChange.fire(uri);
  return uri;
}
