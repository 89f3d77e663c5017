// The commands of the graph.
import { env } from 'vscode';
import type { HgCommandRun } from '../../hg/commandContext.ts';
import { openChangeset } from './openChangeset.ts';

export const graphCommands = {
  'graph.reveal': async (context, args) => {
    const repository = await context.repository(undefined);
    if (repository !== undefined && isNode(args[0])) await openChangeset(context, repository, args[0]);
  },
  'graph.copyNode': async (_, args) => {
    if (isNode(args[0])) await env.clipboard.writeText(args[0]);
  },
} satisfies Readonly<Record<string, HgCommandRun>>;

function isNode(argument: unknown): argument is string {
  return typeof argument === 'string' && /^[0-9a-f]{40}$/.test(argument);
}
