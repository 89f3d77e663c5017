// Patches in editors that cannot be edited.
import { EventEmitter, Uri, window, workspace } from 'vscode';
import type { HgContext } from '../../hg/commandContext.ts';

const SCHEME = 'quicksilver-patch';

/** The patches shown so far, by the path of their URIs. A closed editor may be opened again from VS Code's history. */
const texts = new Map<string, string>();
let didChange: EventEmitter<Uri> | undefined;

/** @param name a path, of which the last part becomes the title of the editor */
export async function showPatch({ extension }: HgContext, name: string, patch: string): Promise<void> {
  if (didChange === undefined) {
    didChange = new EventEmitter<Uri>();
    const provider = { onDidChange: didChange.event, provideTextDocumentContent: ({ path }: Uri) => texts.get(path) };
    extension.subscriptions.push(didChange, workspace.registerTextDocumentContentProvider(SCHEME, provider));
  }
  const uri = Uri.from({ scheme: SCHEME, path: `${name.startsWith('/') ? '' : '/'}${name}.patch` });
  texts.set(uri.path, patch);
  didChange.fire(uri);
  const document = await workspace.openTextDocument(uri);
  await window.showTextDocument(document, { preview: true });
}
