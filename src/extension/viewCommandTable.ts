// The handler of each command that runs without hg.
import { commands } from 'vscode';
import { isGroup, repositoryOfArgument, uriOfArgument } from './commands/commandArguments.ts';
import type { CommandContext, Reports } from './commands/commands.ts';
import type { LoadedCommandName, ViewCommandName } from './contributions/commands.ts';
import * as open from './features/compare/openCommands.ts';
import * as revisions from './features/compare/revisionCommands.ts';
import * as reports from './features/diagnose/reportCommands.ts';
import * as revert from './features/files/revertCommands.ts';

interface ViewContext extends CommandContext {
  readonly reports: Reports;
}

/** Gets what VS Code, a key binding or another extension hands over, which may be anything. */
type ViewCommandRun = (context: ViewContext, ...args: readonly unknown[]) => unknown;

export const viewCommands: Readonly<Record<ViewCommandName & LoadedCommandName, ViewCommandRun>> = {
  refresh,
  whyIgnored: (context, argument) => reports.whyIgnored(context, argument),
  doctor: (context, argument) => reports.doctor(context, context.reports, argument),
  copyReport: (context, uri) => reports.copyReport(context.reports, uri),
  openProblem: (_, problem) => reports.openProblem(problem),
  revealInExplorer: (_, argument) => {
    const uri = uriOfArgument(argument);
    return uri && commands.executeCommand('revealInExplorer', uri);
  },
  openStaged: (context, uri) => open.openStaged(context, uri),
  openSubrepository: (_, uri) => commands.executeCommand('revealInExplorer', uri),
  openResource: (context, ...args) => open.openResource(context, args),
  openChanges: (context, ...args) => open.openChanges(context, args),
  openConflict: (context, ...args) => open.openConflicts(context, args),
  openFile: (context, ...args) => open.openFile(context, args),
  openParentVersion: (context, ...args) => open.openParentVersion(context, args),
  compareWithSecondParent: (context, ...args) => open.compareWithSecondParent(context, args),
  compareWithRevision: (context, ...args) => revisions.compareWithRevision(context, args),
  compareRevisions: (context, ...args) => revisions.compareRevisions(context, args),
  viewAllChanges: (context, group) => (isGroup(group) ? open.viewAllChanges(context, group) : undefined),
  revertBlock: (context, ...args) => revert.revertBlock(context, args),
  revertSelectedLines: context => revert.revertSelectedLines(context),
};

/** Looks for repositories, and at everything in the given one, or in all of them. */
async function refresh(context: CommandContext, argument: unknown): Promise<void> {
  await context.discovery.discover();
  const one = repositoryOfArgument(context.repositories, argument);
  const repositories = one === undefined ? context.repositories.all : [one];
  context.hints.flush();
  await Promise.all(repositories.map(({ root }) => context.client.refresh(root, 'refresh command')));
}
