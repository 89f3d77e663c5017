// Follows events that the commands of hg need, and sets the context keys about hg. Menus and the input box go by them.
import { window, workspace, type SourceControlResourceState, type WebviewPanel, type WebviewView } from 'vscode';
import { errorMessage } from '../../base/errors.ts';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import { contextKeys } from '../common/contextKeys.ts';
import type { CommandContext } from './commands.ts';
import { lazy } from '../common/lazy.ts';
import { followEdits } from './followEdits.ts';
import { hasMessageSettings } from '../common/settings.ts';
import type { ViewId } from '../contributions/window.ts';
import { tellOfOtherExtension } from './conflictingExtensions.ts';

const graphId = 'quicksilver.graph' satisfies ViewId;

export function followHg(context: CommandContext): Disposable {
  const store = new DisposableStore();
  // Only when there is a repository: else the engine would be started for nothing.
  store.add(context.repositories.onDidOpen(() => void updateHgAvailability(context)));
  store.add(context.repositories.onDidOpen(({ system }) => void tellOfOtherExtension(context.extension, system)));
  store.add(followEdits(context.repositories));
  store.add(whenMessagesMatter(context));
  store.add(whenBlameMatters(context));
  const show = async (place: WebviewView | WebviewPanel): Promise<void> => {
    (await lazy()).showGraph(context, place);
  };
  store.add(window.registerWebviewViewProvider(graphId, { resolveWebviewView: show }));
  store.add(window.registerWebviewPanelSerializer(graphId, { deserializeWebviewPanel: show }));
  return store;
}

/** Loads what follows the messages of commits with the first setting that is about them. */
function whenMessagesMatter(context: CommandContext): Disposable {
  const { repositories } = context;
  const store = new DisposableStore();
  let follows = false;
  const look = (): void => {
    if (follows || !repositories.all.some(({ rootUri }) => hasMessageSettings(rootUri))) return;
    follows = true;
    void lazy().then(
      ({ followMessages }) => store.add(followMessages(context)),
      (error: unknown) => context.log.error(`messages are not followed: ${errorMessage(error)}`),
    );
  };
  store.add(repositories.onDidOpen(look));
  store.add(workspace.onDidChangeConfiguration(look));
  return store;
}

/** Loads blame with the first file of a repository in an editor. */
function whenBlameMatters(context: CommandContext): Disposable {
  const { repositories } = context;
  const store = new DisposableStore();
  let isLoaded = false;
  const look = (): void => {
    const document = window.activeTextEditor?.document;
    if (isLoaded || document === undefined || repositories.of(document.uri) === undefined) return;
    isLoaded = true;
    void lazy().then(
      ({ blameOf }) => blameOf(context),
      (error: unknown) => context.log.error(`there is no blame: ${errorMessage(error)}`),
    );
  };
  store.add(repositories.onDidOpen(look));
  store.add(window.onDidChangeActiveTextEditor(look));
  return store;
}

/** Counts the times that hg was looked for: where an earlier look ends after a later one, its answer is of no use. */
let looks = 0;

/**
 * Call this after every possible change of the answer. Updates `quicksilver.canRunHg`, `quicksilver.hgMissing` and the
 * input boxes.
 */
export async function updateHgAvailability({ client, repositories, log }: CommandContext): Promise<void> {
  const look = ++looks;
  let isThere = false;
  const own = repositories.all.filter(({ system }) => system === 'hg');
  if (workspace.isTrusted && own.length > 0) {
    try {
      const { problem } = await client.findHg(false);
      isThere = problem === '';
      if (!isThere) log.info(`no commands of hg: ${problem}`);
    } catch (error) {
      log.warn(`hg was not looked for: ${errorMessage(error)}`);
    }
  }
  if (look !== looks) return;
  const isMissing = workspace.isTrusted && own.length > 0 && !isThere;
  const notice = isThere || own.length === 0 ? undefined : await createNotice(log);
  if (look !== looks) return;
  for (const { view } of own) {
    view.sourceControl.inputBox.visible = isThere;
    view.summary.setNotice(notice);
  }
  await Promise.all([contextKeys.set('canRunHg', isThere), contextKeys.set('hgMissing', isMissing)]);
}

/** Undefined if the bundle cannot be loaded: the row is not worth an error message. */
async function createNotice(log: CommandContext['log']): Promise<SourceControlResourceState | undefined> {
  try {
    return (await lazy()).createHgNotice(workspace.isTrusted ? 'missing' : 'untrusted');
  } catch (error) {
    log.warn(`no notice: ${errorMessage(error)}`);
    return undefined;
  }
}
