// Requests about changesets: the parents, the changesets of a merge, and differences.
import type { MessageConnection } from 'vscode-jsonrpc';
import type { Disposable } from '../../base/lifecycle.ts';
import * as protocol from '../protocol.ts';
import { withSnapshot, type FindRepository } from './served.ts';

const NO_CHANGESETS: protocol.PendingChangesets = { changesets: [], total: 0, isComplete: true };

export function handleHistory(connection: MessageConnection, find: FindRepository): readonly Disposable[] {
  return [
    connection.onRequest(protocol.PendingMerge, ({ root, limit }) =>
      withSnapshot(find(root), NO_CHANGESETS, ({ queries }, snapshot) => queries.pendingMerge(snapshot, limit)),
    ),
    connection.onRequest(protocol.ParentSummaries, ({ root }) =>
      withSnapshot<protocol.ChangesetSummary[]>(find(root), [], ({ queries }, snapshot) => queries.parents(snapshot)),
    ),
    connection.onRequest(protocol.ResolveRevision, ({ root, revision }) =>
      withSnapshot<protocol.RevisionAnswer>(find(root), unreadable(root), ({ queries }, snapshot) =>
        queries.resolve(snapshot, revision),
      ),
    ),
    connection.onRequest(protocol.CompareRevisions, ({ root, ...query }) =>
      withSnapshot<protocol.RevisionComparison>(find(root), unreadable(root), ({ queries }, snapshot) =>
        queries.compare(snapshot, query),
      ),
    ),
  ];
}

function unreadable(root: string): { readonly kind: 'none'; readonly message: string } {
  return { kind: 'none', message: `'${root}' cannot be read now.` };
}
