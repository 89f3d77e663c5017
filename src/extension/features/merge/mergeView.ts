// The merge view: the parents of the working copy, and the changesets that the second one brings in. Loaded with the
// first merge.
import { EventEmitter, TreeItemCollapsibleState, window, type TreeDataProvider, type TreeItem } from 'vscode';
import { DisposableStore, type Disposable } from '../../../base/lifecycle.ts';
import type { ChangesetSummary } from '../../../server/protocol.ts';
import { changesetDetails } from '../../model/changesetLine.ts';
import { changeTexts } from '../compare/changeTexts.ts';
import { treeItem } from '../../common/display.ts';
import { shortNode } from '../../common/changesetIds.ts';
import type { ViewId } from '../../contributions/window.ts';
import { isMerging } from '../../commands/contextKeys.ts';
import type { EngineClient } from '../../engine/engineClient.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import type { RepositoryLookup } from '../../repositories/repositories.ts';

/** More are counted, but not listed. */
const MAX_LISTED = 200;

interface Node {
  readonly item: TreeItem;
  readonly children?: () => Node[] | Promise<Node[]>;
}

export interface MergeViewContext {
  readonly client: EngineClient;
  readonly repositories: RepositoryLookup;
}

export class MergeView implements TreeDataProvider<Node>, Disposable {
  readonly #context: MergeViewContext;
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new EventEmitter<undefined>());
  #shown = '';

  readonly onDidChangeTreeData = this.#didChange.event;

  constructor(context: MergeViewContext) {
    this.#context = context;
    const { repositories } = context;
    this.#store.add(
      window.createTreeView('quicksilver.merge' satisfies ViewId, { treeDataProvider: this, showCollapseAll: false }),
    );
    const follow = (repository: OpenRepository): void =>
      void this.#store.add(repository.onDidUpdate(() => this.#refresh()));
    repositories.all.forEach(follow);
    this.#store.add(repositories.onDidOpen(follow));
    this.#store.add(repositories.onDidClose(() => this.#refresh()));
    this.#shown = this.#key();
  }

  getTreeItem({ item }: Node): TreeItem {
    return item;
  }

  getChildren(node?: Node): Node[] | Promise<Node[]> {
    if (node !== undefined) return node.children?.() ?? [];
    const merging = this.#context.repositories.all.filter(isMerging);
    const [only] = merging;
    if (only !== undefined && merging.length === 1) return this.#nodesOf(only);
    return merging.map(repository => {
      const item = treeItem({ label: repository.name, icon: 'repo', state: TreeItemCollapsibleState.Expanded });
      return { item, children: () => this.#nodesOf(repository) };
    });
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** Parents decide everything that is shown. */
  #refresh(): void {
    const key = this.#key();
    if (key === this.#shown) return;
    this.#shown = key;
    this.#didChange.fire(undefined);
  }

  #key(): string {
    const merging = this.#context.repositories.all.filter(isMerging);
    return merging
      .map(({ root, model }) => `${root} ${model.head?.firstParent} ${model.head?.secondParent}`)
      .join('\n');
  }

  async #nodesOf({ root, model }: OpenRepository): Promise<Node[]> {
    const { client } = this.#context;
    const [parents, pending] = await Promise.all([client.parentSummaries(root), client.pendingMerge(root, MAX_LISTED)]);
    const branch = model.head?.branch;
    const names = [changeTexts.firstParent(), changeTexts.secondParent()];
    const nodes = parents.map((parent, index): Node => {
      return changesetNode(parent, branch, index === 0 ? 'circle-filled' : 'git-merge', names[index]);
    });
    const { total, isComplete, changesets } = pending;
    if (total === 0) return nodes;
    const title = total === 1 && isComplete ? changeTexts.bringsInOne() : changeTexts.bringsIn(total, isComplete);
    const item = treeItem({ label: title, state: TreeItemCollapsibleState.Expanded });
    const children = changesets.map(changeset => changesetNode(changeset, branch, 'git-commit'));
    if (total > changesets.length) {
      children.push({ item: treeItem({ label: changeTexts.moreChangesets(total - changesets.length) }) });
    }
    return [...nodes, { item, children: () => children }];
  }
}

/** @param role the part of the changeset in the merge, if it has a label */
function changesetNode(changeset: ChangesetSummary, branch: string | undefined, icon: string, role?: string): Node {
  const { node, revision, summary, user } = changeset;
  const details = changesetDetails(changeset, branch);
  const item = treeItem({
    label: `${shortNode(node)} ${summary}`,
    description: role === undefined ? details : `${role} · ${details}`,
    hover: [role, `${revision}:${node}`, user, details, summary].filter(part => part !== undefined),
    icon,
  });
  return { item };
}
