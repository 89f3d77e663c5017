// Sets the name for commits in the user's own configuration of Mercurial.
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { l10n, Uri, workspace } from 'vscode';
import { input } from '../common/display.ts';
import { exists } from '../common/uris.ts';
import { showInfo } from './notifications.ts';
import { withUserName } from './userNameText.ts';

export async function setUserName(): Promise<void> {
  const name = await input({
    prompt: l10n.t('Name and email address for your commits'),
    placeHolder: 'Ada Lovelace <ada@example.org>',
    ignoreFocusOut: true,
  });
  if (name === undefined || name.trim() === '') return;
  const [configured = ''] = (process.env['HGRCPATH'] ?? '').split(delimiter);
  const uri = Uri.file(configured === '' ? join(homedir(), '.hgrc') : configured);
  const old = (await exists(uri)) ? Buffer.from(await workspace.fs.readFile(uri)).toString('utf8') : '';
  await workspace.fs.writeFile(uri, Buffer.from(withUserName(old, name), 'utf8'));
  showInfo(l10n.t('Your user name is set in {0}. Commit again.', uri.fsPath));
}
