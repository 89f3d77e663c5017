// The commands that explain and report: why a file is ignored, the doctor, the problem of a repository. Loaded on first
// use.
import { commands, env, Position, Range, Uri, window, workspace } from 'vscode';
import { notify } from '../../common/display.ts';
import { oneLine } from '../../../base/foreignText.ts';
import { errorMessage } from '../../../base/errors.ts';
import type { IgnoreExplanation } from '../../../server/protocol.ts';
import { chosenRepository, uriOfArgument } from '../../commands/commandArguments.ts';
import { executeCommand } from '../../common/typedCommands.ts';
import type { ProblemLocation } from '../../contributions/commands/viewCommands.ts';
import { DOCTOR_SCHEME, type CommandContext, type Reports } from '../../commands/commands.ts';
import { reportTexts } from './reportTexts.ts';

/** Shows which rule ignores a file, and offers to open it. Returns the rule, or null if the file is not ignored. */
export async function whyIgnored(
  context: CommandContext,
  argument: unknown,
): Promise<IgnoreExplanation | null | undefined> {
  const uri = uriOfArgument(argument) ?? window.activeTextEditor?.document.uri;
  if (uri === undefined) {
    void notify('info', reportTexts.whyIgnored.noFile());
    return undefined;
  }
  const found = context.repositories.locate(uri);
  if (found === undefined) {
    void notify('info', reportTexts.whyIgnored.outside(workspace.asRelativePath(uri)));
    return undefined;
  }
  context.hints.flush();
  const why = await context.client.explainIgnored(found.value.root, found.path);
  if (why === null) void notify('info', reportTexts.whyIgnored.notIgnored(found.path));
  // Not awaited: the command is done when the answer is known, however long the message stays.
  else void showRule(found.path, why);
  return why;
}

async function showRule(path: string, why: IgnoreExplanation): Promise<void> {
  const file = workspace.asRelativePath(why.file);
  const message =
    why.matchedPath === path
      ? reportTexts.whyIgnored.byRule(path, why.text, file, why.line)
      : reportTexts.whyIgnored.byFolder(path, why.matchedPath, why.text, file, why.line);
  const choice = await notify('info', message, reportTexts.openRule());
  if (choice !== undefined) await openAt(why.file, why.line);
}

/** Opens a report on a repository. The real `hg` takes part in a trusted workspace only. Returns the report's URI. */
export async function doctor(context: CommandContext, reports: Reports, argument: unknown): Promise<Uri | undefined> {
  const repository = await chosenRepository(context.repositories, argument);
  if (repository === undefined) return undefined;
  const report = await context.client.doctor(repository.root, workspace.isTrusted);
  const uri = Uri.from({ scheme: DOCTOR_SCHEME, path: `/${oneLine(reportTexts.doctorTitle(repository.name))}.md` });
  reports.texts.set(uri.toString(), report);
  // A report of this repository may be open already.
  reports.didChange.fire(uri);
  try {
    await commands.executeCommand('markdown.showPreview', uri);
  } catch (error) {
    context.log.debug(`no preview of Markdown: ${errorMessage(error)}`);
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
  }
  // Not awaited: the message may stay for long.
  void offerCopy(context, uri, repository.name);
  return uri;
}

async function offerCopy(context: CommandContext, uri: Uri, name: string): Promise<void> {
  const choice = await notify('info', reportTexts.reportReady(name), reportTexts.copyReport());
  if (choice === undefined) return;
  try {
    await executeCommand('copyReport', uri);
  } catch (error) {
    context.log.error(`copying the report: ${errorMessage(error)}`);
  }
}

/** Copies a report that is open, and answers it. It names files and has nothing of what is in them. */
export async function copyReport(reports: Reports, uri: unknown): Promise<string | undefined> {
  const report = uri instanceof Uri ? reports.texts.get(uri.toString()) : undefined;
  if (report !== undefined) await env.clipboard.writeText(report);
  return report;
}

export async function openProblem(problem: unknown): Promise<void> {
  const { root, sentence, file, line } = problem as ProblemLocation;
  if (file !== undefined) {
    await openAt(file, line ?? 1);
    return;
  }
  const choice = await notify('info', sentence, reportTexts.diagnose());
  if (choice !== undefined) await executeCommand('doctor', root);
}

async function openAt(file: string, line: number): Promise<void> {
  const position = new Position(Math.max(0, line - 1), 0);
  await window.showTextDocument(Uri.file(file), { selection: new Range(position, position) });
}
