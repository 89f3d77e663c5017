// Sentences about exchanges, from what hg writes.
import { l10n } from 'vscode';

/**
 * Returns why nothing is pushed, or would be. hg counts the secret changesets that it leaves out.
 * @param text output and notes of hg
 */
export function nothingToPush(text: string, otherwise: string): string {
  const secret = Number(/\(ignored (\d+) secret changesets?\)/.exec(text)?.[1] ?? 0);
  if (secret === 0) return otherwise;
  return secret === 1
    ? l10n.t('1 changeset was not pushed: it is secret.')
    : l10n.t('{0} changesets were not pushed: they are secret.', secret);
}
