// VS Code's progress in the view of the graph, while its rows are computed or changesets are searched.
import { showViewProgress } from '../../common/displayInEditor.ts';

export class GraphProgress {
  readonly #isShown: boolean;
  #end: (() => void) | undefined;

  /** @param isShown false for a graph that is in no view */
  constructor(isShown: boolean) {
    this.#isShown = isShown;
  }

  /** Begins, or goes on: a graph may be opened several times until it has all rows. */
  begin(): void {
    if (this.#end !== undefined) return;
    const ended = new Promise<void>(resolve => (this.#end = resolve));
    this.#show(ended);
  }

  end(): void {
    this.#end?.();
    this.#end = undefined;
  }

  /** Resolves with the work, which has a progress of its own. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#show(
      work.then(
        () => undefined,
        () => undefined,
      ),
    );
    return work;
  }

  #show(work: Promise<void>): void {
    if (this.#isShown) void showViewProgress('quicksilver.graph', work);
  }
}
