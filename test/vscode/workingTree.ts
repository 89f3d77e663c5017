// A working tree in the folder `work` of the scenario, whose own program runs as in a terminal.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { QuicksilverRepository } from '../../src/extension/api/api.ts';
import type { TestApi } from '../../src/extension/api/testDoor.ts';
import { ui, until } from './harness.ts';
import { at, uriAt, write } from './outside.ts';
import { activeApi, CONTROLS, repositoryAt } from './shown.ts';

/** Twelve lines, of which some are changed; a gutter can tell them apart. */
export function lines(changed: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: 12 }, (_, i) => `${changed[i + 1] ?? `line ${i + 1}`}\n`).join('');
}

/** A link, an icon, a character that turns the direction of the text, and one of a terminal. */
const MARKUP = '[hostile](command:hostile.run) $(flame)\u202e\x1b';

export class WorkingTree {
  readonly api: TestApi;
  readonly repository: QuicksilverRepository;

  private constructor(api: TestApi, repository: QuicksilverRepository) {
    this.api = api;
    this.repository = repository;
  }

  /** Waits until it is open and settled. */
  static async open(): Promise<WorkingTree> {
    const api = await activeApi();
    const tree = new WorkingTree(api, await repositoryAt(api, at('work')));
    await tree.repository.settle();
    return tree;
  }

  /** Runs a program, and waits for the view. A merge with a conflict fails, and nothing else. */
  async run(program: string, args: readonly string[], variables: Readonly<Record<string, string | undefined>> = {}) {
    const env = { ...process.env, ...variables };
    await promisify(execFile)(program, args, { cwd: at('work'), env }).catch((error: unknown) => {
      if (args[0] !== 'merge') throw error;
    });
    await this.repository.settle();
  }

  /** The rows of all groups, as "group: path", sorted. */
  rows(): string[] {
    const { rootUri } = this.repository;
    return this.api.view
      .groups(rootUri)
      .flatMap(({ id, resources }) =>
        resources.map(({ resourceUri }) => `${id}: ${resourceUri.path.slice(rootUri.path.length + 1)}`),
      )
      .sort();
  }

  letter(...names: readonly string[]): string | undefined {
    return this.api.view.decoration(uriAt('work', ...names))?.badge;
  }

  /** Waits until these are the rows. */
  async shows(...list: readonly string[]): Promise<void> {
    const expected = [...list].sort();
    await this.repository.settle();
    const isShown = (): boolean => JSON.stringify(this.rows()) === JSON.stringify(expected);
    if (!isShown()) await until(`the rows are ${expected.join(', ')}`, isShown, this.repository.onDidChange);
    assert.deepEqual(this.rows(), expected);
  }

  /** Adds a file whose name is markup to VS Code. Fails if the window takes it, or the branch's name, for markup. */
  async showsNamesAsWritten(branch: string): Promise<void> {
    write(`work/${MARKUP}.txt`, 'new\n');
    await this.repository.settle();
    const items = await ui.statusBarItems({ until: branch });
    const own = items.filter(({ id }) => id.startsWith('status.scm'));
    for (const { text, label } of own) assert.doesNotMatch(text + label, CONTROLS);
    await ui.sourceControlRows({ until: ['[hostile](command:hostile.run)'] });
    const { text, tooltip } = this.api.view.statusBar(this.repository.rootUri);
    assert.doesNotMatch(text + tooltip, CONTROLS);
    assert.deepEqual(await ui.markup(), []);
  }
}
