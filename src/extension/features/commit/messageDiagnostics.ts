// Marks problems in a commit message while the user types it, in the editor for messages and in the input box.
import { createHash } from 'node:crypto';
import { DiagnosticSeverity, Range, type DiagnosticCollection, type TextDocument } from 'vscode';
import { diagnostic } from '../../common/display.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import type { RepositoryLookup } from '../../repositories/repositories.ts';
import { commitSettings } from '../../common/settings.ts';
import { problemsOf } from './messageChecks.ts';
import { messageTexts } from './messageStrings.ts';

/** Brings the marks of a message up to date. */
export function markMessage(repositories: RepositoryLookup, marks: DiagnosticCollection, document: TextDocument): void {
  const settings = commitSettings(repositoryOf(repositories, document)?.rootUri ?? document.uri);
  const problems = settings.checksMessage ? problemsOf(document.getText(), settings) : [];
  const found = problems.map(problem => {
    const { line, start, end } = problem;
    const range = new Range(line, start, line, end);
    const mark = diagnostic(range, messageTexts.problem(problem), DiagnosticSeverity.Warning);
    mark.source = 'Quicksilver';
    return mark;
  });
  marks.set(document.uri, found);
}

function repositoryOf({ all }: RepositoryLookup, { uri }: TextDocument): OpenRepository | undefined {
  if (uri.scheme === 'file') {
    const folder = uri.path.split('/').at(-2);
    return all.find(({ root }) => messageFolder(root) === folder);
  }
  const root = decodeURIComponent(uri.query.replace(/^rootUri=/, ''));
  return all.find(({ rootUri }) => rootUri.toString() === root);
}

/** The name of the folder in which the messages for a repository are written. */
export function messageFolder(root: string): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 16);
}
