// Entry of a bundle of its own, which no package has: the state of the window, for the tests of this extension.
import {
  CancellationTokenSource,
  type Event,
  type FileDecoration,
  type SourceControlInputBox,
  type SourceControlResourceState,
  type Uri,
} from 'vscode';
import type { EngineClient } from '../engine/engineClient.ts';
import type { ContentFileSystem } from '../providers/contentFileSystem.ts';
import type { Decorations } from '../providers/decorations.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import type { Repositories } from '../repositories/repositories.ts';
import type { QuicksilverApi, QuicksilverExports } from './api.ts';

/** The public interface as tests get it. */
export interface TestApi extends QuicksilverApi {
  readonly view: ViewForTests;
}

interface Parts {
  readonly client: EngineClient;
  readonly repositories: Repositories;
  readonly decorations: Decorations;
  readonly contents: ContentFileSystem;
}

/** Everything that VS Code shows, as the extension set it. */
export interface ViewForTests {
  groups(root: Uri): readonly ShownGroup[];
  badge(root: Uri): number | undefined;
  label(root: Uri): string;
  statusBar(root: Uri): { readonly text: string; readonly tooltip: string };
  /** The status bar's item for the number of changed files. */
  changes(root: Uri): { readonly text: string; readonly tooltip: string } | undefined;
  /** The one about what is unfinished. */
  operation(root: Uri): { readonly text: string; readonly tooltip: string } | undefined;
  /** The one about what was not pushed. */
  drafts(root: Uri): { readonly text: string; readonly tooltip: string } | undefined;
  inputBoxVisible(root: Uri): boolean;
  inputBox(root: Uri): SourceControlInputBox;
  decoration(uri: Uri): FileDecoration | undefined;
  /** Fired with the URIs whose decorations VS Code asks about again; undefined means all. */
  readonly onDidChangeDecorations: Event<readonly Uri[] | undefined>;
  /** Returns the text that the gutter compares a file with. */
  originalOf(uri: Uri): Promise<Uri | undefined>;
  /** How often VS Code has read a version of a file so far. */
  contentReads(): number;
  /** Fired with each of them. */
  readonly onDidReadContent: Event<Uri>;
  /** Fired with the versions that VS Code reads again. */
  readonly onDidChangeContents: Event<readonly { readonly uri: Uri }[]>;
  /** Ends the engine as a crash would. */
  crashEngine(): void;
}

export interface ShownGroup {
  readonly id: string;
  readonly label: string;
  readonly resources: readonly SourceControlResourceState[];
}

const neverCancelled = new CancellationTokenSource().token;

/** Adds the state of the window to what the extension exports. To be called only in a window that tests started. */
export function withTestDoor(exports: QuicksilverExports, parts: Parts): QuicksilverExports {
  Object.assign(exports.getAPI(1), { view: createView(parts) });
  return exports;
}

function createView({ client, repositories, decorations, contents }: Parts): ViewForTests {
  const viewOf = (root: Uri): OpenRepository['view'] => {
    const found = repositories.map.get(root.path);
    if (found === undefined) throw new Error(`no open repository has the root ${root.fsPath}`);
    return found.view;
  };
  return {
    groups: root =>
      viewOf(root).groups.map(group => ({ id: group.id, label: group.label, resources: group.resourceStates })),
    label: root => viewOf(root).sourceControl.label,
    badge: root => viewOf(root).sourceControl.count,
    statusBar: root => {
      const command = viewOf(root).sourceControl.statusBarCommands?.[0];
      return { text: command?.title ?? '', tooltip: command?.tooltip ?? '' };
    },
    changes: root => shownCommand(viewOf(root), '$(edit)'),
    operation: root => shownCommand(viewOf(root), '$(git-merge)'),
    drafts: root => shownCommand(viewOf(root), '$(arrow-up)'),
    inputBox: root => viewOf(root).sourceControl.inputBox,
    inputBoxVisible: root => viewOf(root).sourceControl.inputBox.visible,
    decoration: uri => decorations.peek(uri),
    onDidChangeDecorations: decorations.onDidChangeFileDecorations,
    originalOf: async uri => {
      const provider = repositories.of(uri)?.view.sourceControl.quickDiffProvider;
      return (await provider?.provideOriginalResource?.(uri, neverCancelled)) ?? undefined;
    },
    contentReads: () => contents.requests.read,
    onDidReadContent: contents.onDidRead,
    onDidChangeContents: contents.onDidChangeFile,
    crashEngine: () => client.crash(),
  };
}

function shownCommand(
  { sourceControl }: OpenRepository['view'],
  icon: string,
): { readonly text: string; readonly tooltip: string } | undefined {
  const command = sourceControl.statusBarCommands?.find(({ title }) => title.startsWith(icon));
  return command && { text: command.title, tooltip: command.tooltip ?? '' };
}
