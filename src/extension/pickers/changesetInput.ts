// The input box for a revision.
import { InputBoxValidationSeverity, l10n } from 'vscode';
import type { ChangesetSummary } from '../../server/protocol.ts';
import { shortNode } from '../common/changesetIds.ts';
import { input, notify } from '../common/display.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { changesetDetails } from '../model/changesetLine.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';

/** Asks for a revision with Mercurial's names, and shows its changeset while the user types. */
export async function askForChangeset(
  { client }: { readonly client: EngineClient },
  { root, model }: OpenRepository,
  prompt: string,
): Promise<ChangesetSummary | undefined> {
  let found: { readonly text: string; readonly changeset: ChangesetSummary } | undefined;
  const text = await input({
    prompt,
    placeHolder: l10n.t('Revision number, hash, bookmark, tag or branch'),
    validateInput: async value => {
      if (value.trim() === '') return undefined;
      const answer = await client.resolveRevision(root, value.trim());
      if (answer.kind === 'none') return { message: answer.message, severity: InputBoxValidationSeverity.Error };
      const { changeset } = answer;
      found = { text: value, changeset };
      const details = changesetDetails(changeset, model.head?.branch);
      return {
        message: `${shortNode(changeset.node)} ${changeset.summary} (${details})`,
        severity: InputBoxValidationSeverity.Info,
      };
    },
  });
  if (text === undefined || text.trim() === '') return undefined;
  if (found?.text === text) return found.changeset;
  const answer = await client.resolveRevision(root, text.trim());
  if (answer.kind === 'changeset') return answer.changeset;
  void notify('error', answer.message);
  return undefined;
}
