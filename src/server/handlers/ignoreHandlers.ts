// Requests about ignore rules.
import type { MessageConnection } from 'vscode-jsonrpc';
import { fromDisplay } from '../../base/bytePath.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import * as protocol from '../protocol.ts';
import { withSnapshot, type FindRepository } from './served.ts';

export function handleIgnore(connection: MessageConnection, find: FindRepository): readonly Disposable[] {
  return [
    connection.onRequest(protocol.ExplainIgnored, ({ root, path }) =>
      withSnapshot<protocol.IgnoreExplanation | null>(
        find(root),
        null,
        ({ queries }, snapshot) => queries.explainIgnored(snapshot, fromDisplay(path)) ?? null,
      ),
    ),
    connection.onRequest(protocol.PreviewIgnore, ({ root, lines, limit }) => {
      const repository = find(root);
      if (repository === undefined) return [];
      const untracked = [...repository.model.tree.entries()].filter(([, { status }]) => status === 'unknown');
      const paths = untracked.map(([path]) => path);
      return repository.queries.previewIgnore(paths, lines, limit);
    }),
  ];
}
