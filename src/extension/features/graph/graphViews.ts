// The graphs of the window: that in the Source Control view, and those in editors.
import { commands, l10n, type WebviewPanel, type WebviewView } from 'vscode';
import type { CommandContext } from '../../commands/commands.ts';
import { createPage } from '../../common/displayInEditor.ts';
import type { ViewId } from '../../contributions/window.ts';
import { GraphSession } from './graphSession.ts';

const GRAPH = 'quicksilver.graph' satisfies ViewId;

let inSideBar: GraphSession | undefined;
/** The one that was active last. */
let last: GraphSession | undefined;

/** Fills a view, or an editor that VS Code restores. */
export function showGraph(context: CommandContext, place: WebviewView | WebviewPanel): GraphSession {
  const session = new GraphSession(context, place);
  const isPanel = 'reveal' in place;
  if (!isPanel) inSideBar = session;
  last = session;
  if (isPanel) place.onDidChangeViewState(() => (last = place.active ? session : last));
  place.onDidDispose(() => {
    session.dispose();
    if (inSideBar === session) inSideBar = undefined;
    if (last === session) last = inSideBar;
  });
  return session;
}

export function openGraphInEditor(context: CommandContext): GraphSession {
  const shown = last?.repository;
  const session = showGraph(context, createPage(GRAPH, l10n.t('Graph')));
  if (shown !== undefined) session.choose(shown);
  return session;
}

/** Brings the graph that was used last into view; without one, the view opens. */
export async function currentGraph(context: CommandContext): Promise<GraphSession> {
  if (last !== undefined) {
    last.show();
    return last;
  }
  await commands.executeCommand(`${GRAPH}.focus`);
  // The view may be hidden by the user, and does not open then.
  return inSideBar ?? openGraphInEditor(context);
}
