// The changesets of an annotation, as an editor shows them. An annotation may name thousands, and a user who types asks
// for the same ones again and again.
import { toDisplay } from '../../base/bytePath.ts';
import { BoundedCache } from '../../base/boundedCache.ts';
import type { Annotation } from '../../mercurial/annotate/annotate.ts';
import {
  Introductions,
  parentsOf,
  type FileHistorySource,
  type IntroducedRevision,
} from '../../mercurial/annotate/fileRevisions.ts';
import type { HistoryModel } from '../../mercurial/history/historyModel.ts';
import type { AnnotatedChangeset, FileAnnotation } from '../../workingCopy/historyQueries.ts';

type Parents = AnnotatedChangeset['parents'];

const MAX_KNOWN = 20_000;

export class AnnotatedChangesets {
  /** Valid for one state of the history: a commit may move names, and a push phases. */
  readonly #known = new BoundedCache<AnnotatedChangeset>(MAX_KNOWN, Infinity, () => 1);
  #model: HistoryModel | undefined;
  #generation = -1;
  /** By id: a changeset never gets other parents. */
  readonly #parents = new BoundedCache<Parents>(MAX_KNOWN, Infinity, () => 1);
  /** Changesets that were put together so far. */
  made = 0;

  /** Returns an annotation with its changesets. Reads the texts of those that are not known. */
  answer(source: FileHistorySource, model: HistoryModel, annotation: Annotation): FileAnnotation {
    if (model !== this.#model || model.generation !== this.#generation) this.#known.clear();
    this.#model = model;
    this.#generation = model.generation;
    const { revisions, sources: columns, lineNumbers } = annotation;
    /** By index in `revisions`: the place in the answer, from 1. */
    const places = new Int32Array(revisions.length);
    const changesets: AnnotatedChangeset[] = [];
    const sources = new Array<number>(columns.length);
    model.keepingOpen(() => {
      for (let line = 0; line < columns.length; line++) {
        const index = columns[line]!;
        if (index >= 0 && places[index] === 0) {
          places[index] = changesets.push(this.#changeset(source, model, revisions[index]!));
        }
        sources[line] = index < 0 ? -1 : places[index]! - 1;
      }
    });
    return { kind: 'lines', sources, lineNumbers: [...lineNumbers], changesets };
  }

  #changeset(source: FileHistorySource, model: HistoryModel, revision: IntroducedRevision): AnnotatedChangeset {
    const { changeset: at, path } = revision;
    const key = `${at} ${path}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      const changeset = model.row(at, model.isHidden(at));
      const { description } = model.changeset(at);
      const parents = this.#parentsOf(source, model, revision, changeset.node);
      known = { changeset, description, path: toDisplay(path), parents };
      this.made++;
      this.#known.set(key, known);
    }
    return known;
  }

  #parentsOf(source: FileHistorySource, model: HistoryModel, revision: IntroducedRevision, node: string): Parents {
    const key = `${node} ${revision.path}`;
    let parents = this.#parents.get(key);
    if (parents === undefined) {
      const introductions = new Introductions(source, [revision.changeset]);
      const found = parentsOf(source, revision, true).map(parent => ({
        node: model.node(introductions.below(parent, revision.changeset)),
        path: toDisplay(parent.path),
      }));
      this.#parents.set(key, (parents = found.reverse()));
    }
    return parents;
  }
}
