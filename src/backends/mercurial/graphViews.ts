// The graphs that pages show, and the one that was closed last. As long as the history is the same, a page that opens
// it again gets it as it was laid out. It is forgotten when the history changes, and a very large one is not kept.
import type { GraphView } from '../../mercurial/history/graphView.ts';
import type { HistoryModel } from '../../mercurial/history/historyModel.ts';
import type { Disposable, Event } from '../../base/lifecycle.ts';

const MAX_VIEWS = 8;
/** A row takes 16 bytes at most. */
const MAX_CLOSED_ROWS = 1 << 20;

export interface View {
  readonly graph: GraphView;
  readonly model: HistoryModel;
  readonly showsHidden: boolean;
  /** The state of the model that was laid out, and the question. */
  readonly generation: number;
  readonly key: string;
}

interface ClosedView {
  readonly id: number;
  readonly view: View;
  readonly watch: Disposable;
}

export class GraphViews {
  readonly #onDidLoad: Event<void>;
  /** The newest last. */
  readonly #open = new Map<number, View>();
  #closed: ClosedView | undefined;
  #next = 1;

  /** @param onDidLoad fires when the history may have changed */
  constructor(onDidLoad: Event<void>) {
    this.#onDidLoad = onDidLoad;
  }

  /** The rows of the closed graph that is kept; undefined if there is none. */
  get closedRows(): number | undefined {
    return this.#closed?.view.graph.rows;
  }

  get(id: number): View | undefined {
    return this.#open.get(id);
  }

  /** Returns the number and graph of a view of the model's state; the last closed one is open again then. */
  find(model: HistoryModel, key: string): { readonly id: number; readonly graph: GraphView } | undefined {
    const isSame = (old: View): boolean => old.key === key && isOf(old, model);
    for (const [id, view] of this.#open) if (isSame(view)) return { id, graph: view.graph };
    const closed = this.#closed;
    if (closed === undefined || !isSame(closed.view)) return undefined;
    this.#forget();
    this.#add(closed.id, closed.view);
    return { id: closed.id, graph: closed.view.graph };
  }

  /** Returns the number of the view. */
  add(view: View): number {
    const id = this.#next++;
    this.#add(id, view);
    return id;
  }

  close(id: number): void {
    const view = this.#open.get(id);
    this.#open.delete(id);
    if (view === undefined || !isOf(view, view.model) || view.graph.rows > MAX_CLOSED_ROWS) return;
    this.#forget();
    const watch = this.#onDidLoad(() => {
      if (!view.model.isCurrent) this.#forget();
    });
    this.#closed = { id, view, watch };
  }

  /** The model is up to date: forgets the closed graph of an earlier state. */
  forgetOthers(model: HistoryModel): void {
    if (this.#closed !== undefined && !isOf(this.#closed.view, model)) this.#forget();
  }

  #add(id: number, view: View): void {
    this.#open.set(id, view);
    for (const [old] of this.#open) if (this.#open.size > MAX_VIEWS) this.#open.delete(old);
  }

  #forget(): void {
    this.#closed?.watch.dispose();
    this.#closed = undefined;
  }
}

function isOf(view: View, model: HistoryModel): boolean {
  return view.model === model && view.generation === model.generation;
}
