// Sentences about exchanges, from what hg writes.
import { l10n } from 'vscode';

/**
 * Returns why nothing is pushed, or would be. hg counts the secret changesets that it leaves out.
 * @param notes without the output, where hooks may write
 */
export function nothingToPush(notes: string, otherwise: string): string {
  const secret = Number(/\(ignored (\d+) secret changesets?\)/.exec(notes)?.[1] ?? 0);
  if (secret === 0) return otherwise;
  return secret === 1
    ? l10n.t('1 changeset was not pushed: it is secret.')
    : l10n.t('{0} changesets were not pushed: they are secret.', secret);
}
