// Sets the name for commits in the user's own configuration of Mercurial.
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { l10n, Uri, workspace, type CancellationToken } from 'vscode';
import { input } from '../common/display.ts';
import { exists } from '../common/uris.ts';
import { showInfo } from './notifications.ts';
import { withUserName } from './userNameText.ts';

/** Asks for a user name, and shows how to go on when it is set. */
export async function setUserName(): Promise<void> {
  const set = await enterUserName();
  if (set?.file !== undefined) showInfo(l10n.t("Your user name is set in '{0}'. Commit again.", set.file));
}

/** Asks for a user name while hg waits for one. Returns it, '' for none; undefined if the user cancels. */
export async function answerWithUserName(token: CancellationToken): Promise<string | undefined> {
  const set = await enterUserName(token);
  if (set?.file !== undefined) showInfo(l10n.t("Your user name is set in '{0}'.", set.file));
  return set?.name;
}

async function enterUserName(token?: CancellationToken): Promise<{ name: string; file?: string } | undefined> {
  const options = {
    prompt: l10n.t('Name and email address for your commits'),
    placeHolder: 'Ada Lovelace <ada@example.org>',
    ignoreFocusOut: true,
  };
  const name = (await input(options, token))?.trim();
  if (name === undefined || name === '') return name === undefined ? undefined : { name };
  const [configured = ''] = (process.env['HGRCPATH'] ?? '').split(delimiter);
  const uri = Uri.file(configured === '' ? join(homedir(), '.hgrc') : configured);
  const old = (await exists(uri)) ? Buffer.from(await workspace.fs.readFile(uri)).toString('utf8') : '';
  await workspace.fs.writeFile(uri, Buffer.from(withUserName(old, name), 'utf8'));
  return { name, file: uri.fsPath };
}
