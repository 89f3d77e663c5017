// One repository in the Source Control view. sourceControlGroups.ts has its rows, sourceControlSummary.ts its badge and
// its items in the status bar.
import { workspace, type SourceControl, type SourceControlResourceGroup } from 'vscode';
import type { SystemKind } from '../../base/repositoryState.ts';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import { createSourceControl } from '../common/display.ts';
import { folderSettings, type FolderSettings } from '../common/settings.ts';
import { commandWith } from '../common/typedCommands.ts';
import { texts } from './scmStrings.ts';
import { SourceControlGroups, type ViewOptions } from './sourceControlGroups.ts';
import { SourceControlSummary } from './sourceControlSummary.ts';

/** Menus go by it: those of hg are for Mercurial's repositories alone. */
function providerId(system: SystemKind): string {
  return system === 'hg' ? 'quicksilver' : `quicksilver-${system}`;
}

export class SourceControlView implements Disposable {
  readonly sourceControl: SourceControl;
  readonly #store = new DisposableStore();
  readonly #options: ViewOptions;
  readonly summary: SourceControlSummary;
  readonly rows: SourceControlGroups;
  #settings: FolderSettings;

  constructor(options: ViewOptions) {
    this.#options = options;
    const settings = (this.#settings = folderSettings(options.rootUri));
    const { system, label, rootUri } = options;
    this.sourceControl = this.#store.add(createSourceControl(providerId(system), label, rootUri));
    // A box that does nothing would promise something.
    this.sourceControl.inputBox.visible = workspace.isTrusted && system === 'hg';
    this.sourceControl.acceptInputCommand = commandWith('commit', texts.commit(), this.sourceControl);
    // VS Code shows the groups in the order in which they are made.
    this.summary = new SourceControlSummary(
      this.sourceControl,
      options,
      settings,
      hasStatus => (this.rows.showsEmptyChanges = hasStatus),
      () => this.rows.showFirst(),
    );
    this.rows = new SourceControlGroups(this.sourceControl, options, settings);
    this.#store.add(this.summary);
    this.#store.add(this.rows);
    this.summary.show();
  }

  get settings(): FolderSettings {
    return this.#settings;
  }

  get groups(): readonly SourceControlResourceGroup[] {
    return [this.summary.group, ...this.rows.all];
  }

  /** Hands over what waits for a pause to end; while a list grows, the next step does so. */
  pushNow(): void {
    this.summary.showNow();
    this.rows.pushNow();
  }

  /** As {@link pushNow}; resolves when no list has to grow any more, or this is disposed. */
  async pushAll(): Promise<void> {
    this.pushNow();
    await this.rows.whenGrown();
  }

  /** Reads the settings again. Returns the paths whose rows may change. */
  settingsChanged(): string[] {
    this.#settings = folderSettings(this.#options.rootUri);
    const paths = this.rows.setSettings(this.#settings);
    this.summary.setSettings(this.#settings);
    this.pushNow();
    return paths;
  }

  setShowsIcons(showsIcons: boolean): void {
    if (this.#options.showsIcons === showsIcons) return;
    this.#options.showsIcons = showsIcons;
    this.remakeRows();
  }

  /** Makes all rows anew, because they look different now. */
  remakeRows(): void {
    this.rows.remake();
    this.pushNow();
  }

  dispose(): void {
    this.#store.dispose();
  }
}
