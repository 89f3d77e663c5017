// Where messages of commits are written: marks what is found in them, and puts the template into the input boxes.
import { languages, workspace, type TextDocument } from 'vscode';
import { errorMessage } from '../../../base/errors.ts';
import { DisposableStore, type Disposable } from '../../../base/lifecycle.ts';
import type { CommandContext } from '../../commands/commands.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { affects } from '../../common/settings.ts';
import { markMessage } from './messageDiagnostics.ts';
import { fillInputBox } from './messageTemplate.ts';

export function followMessages({ repositories, log }: CommandContext): Disposable {
  const store = new DisposableStore();
  const marks = store.add(languages.createDiagnosticCollection('quicksilver.messages'));
  const look = (document: TextDocument): void => {
    if (isMessage(document)) markMessage(repositories, marks, document);
  };
  const fill = (repository: OpenRepository): void =>
    void fillInputBox(repository).catch((error: unknown) => log.error(`template: ${errorMessage(error)}`));
  store.add(workspace.onDidOpenTextDocument(look));
  store.add(workspace.onDidChangeTextDocument(({ document }) => look(document)));
  store.add(workspace.onDidCloseTextDocument(({ uri }) => marks.delete(uri)));
  store.add(repositories.onDidOpen(fill));
  store.add(
    workspace.onDidChangeConfiguration(event => {
      if (affects(event, 'inputValidation', 'inputValidationSubjectLength', 'inputValidationLength')) {
        workspace.textDocuments.forEach(look);
      }
      if (affects(event, 'commitTemplate')) repositories.all.forEach(fill);
    }),
  );
  workspace.textDocuments.forEach(look);
  repositories.all.forEach(fill);
  return store;
}

/**
 * True for a document with a message. The text of an input box is a document, too: its URI has the id of the source
 * control and the root.
 */
function isMessage({ languageId, uri }: TextDocument): boolean {
  return uri.scheme === 'vscode-scm' ? uri.path.startsWith('quicksilver/') : languageId === 'hg-commit';
}
