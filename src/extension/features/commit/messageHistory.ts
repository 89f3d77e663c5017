// Messages that were committed or put aside, the latest first, kept for the workspace.
import type { Memento } from 'vscode';

const MOST = 30;

export function recentMessages(memento: Memento, root: string): readonly string[] {
  const kept = memento.get<unknown>(keyOf(root));
  return Array.isArray(kept) ? kept.filter(message => typeof message === 'string') : [];
}

export async function rememberMessage(memento: Memento, root: string, message: string): Promise<void> {
  const text = message.trim();
  if (text === '') return;
  const others = recentMessages(memento, root).filter(other => other !== text);
  await memento.update(keyOf(root), [text, ...others].slice(0, MOST));
}

function keyOf(root: string): string {
  return `quicksilver.messages:${root}`;
}
