// Where the page of the graph is: the selected changesets, and the first visible one. Both are known by id, so that they
// outlive every change of the history. There is no document here, so that tests run it alone.
import { ROW_HEIGHT } from './rows.mjs';

const NONE = { row: -1, node: undefined };
/** Rows below the first visible one that stand in for it when it is stripped. */
const BELOW = 20;

export class Place {
  /** Row and id of the changeset that is selected; there is no id until the row has come. */
  selected = NONE;
  /** A second one: that with which the selection began. */
  other = NONE;
  /** For a reload: the ids, and how many pixels of the first visible row are above the list. */
  kept;
  /** The first visible row, if the user went there. */
  #top;
  /** The position that the other side gave. Going there is nothing that the user did. */
  #given;
  /** The user has selected a changeset of this graph. Until then, those that it lacks may come back with the next. */
  #isChosen = false;
  #told;

  constructor(kept) {
    this.kept = kept ?? { node: undefined, other: undefined, anchor: undefined, below: undefined, offset: 0 };
  }

  /**
   * Takes the selection of a new graph.
   * @param shown two rows, and the id of the first if the graph has the changeset that was selected
   * @param scrollTop where the list is now
   */
  open({ selected, node, other }, scrollTop) {
    if (selected !== undefined) this.selected = { row: selected, node };
    this.other = other === undefined ? NONE : { row: other, node: this.kept.other };
    this.#top = undefined;
    this.#given = scrollTop;
    this.#isChosen = false;
  }

  /** @param isExtended true to keep a second selected row */
  select(row, isExtended) {
    if (!isExtended) this.other = NONE;
    else if (this.other.row < 0) this.other = this.selected;
    this.selected = { row, node: undefined };
    this.#isChosen = true;
  }

  /** True if the row is selected. */
  has(row) {
    return row >= 0 && (row === this.selected.row || row === this.other.row);
  }

  scroll(scrollTop) {
    if (scrollTop === this.#given) return;
    this.#given = undefined;
    const row = Math.floor(scrollTop / ROW_HEIGHT);
    this.#top = { row, offset: scrollTop - row * ROW_HEIGHT, isFirst: scrollTop === 0 };
  }

  /** Takes the ids from rows that are there. After a jump, they come later than the place. */
  learn(rows) {
    const known = each => ({ row: each.row, node: rows.get(each.row)?.node ?? each.node });
    this.selected = known(this.selected);
    this.other = known(this.other);
    this.kept = { ...this.kept, ...this.#visible(rows) };
    if (!this.#isChosen) return;
    this.kept.node = this.selected.node ?? this.kept.node;
    this.kept.other = this.other.node;
  }

  #visible(rows) {
    const top = this.#top;
    if (top?.isFirst) return { anchor: undefined, below: undefined, offset: 0 };
    if (top === undefined || !rows.has(top.row)) return undefined;
    const ids = Array.from({ length: BELOW + 1 }, (_, at) => rows.get(top.row + at)?.node);
    const [anchor, ...below] = ids.filter(id => id !== undefined);
    return { anchor, below, offset: top.offset };
  }

  /** Returns the selected ids if the other side does not know them; else undefined. */
  untold() {
    const ids = { node: this.selected.node, other: this.other.node };
    const told = this.#told;
    this.#told = ids;
    return told !== undefined && told.node === ids.node && told.other === ids.other ? undefined : ids;
  }

  /** Another repository is shown: nothing is selected until its graph comes. */
  forget() {
    this.selected = this.other = NONE;
    this.#top = undefined;
    this.#told = undefined;
  }
}
