// The template of a commit message, for the editor and for an empty input box.
import { FileSystemError, Uri, workspace } from 'vscode';
import { errorMessage } from '../../../base/errors.ts';
import { framedText } from '../../../hgCommand/answerFrame.ts';
import { isMerging } from '../../commands/contextKeys.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { commitSettings } from '../../common/settings.ts';
import type { HgRequest } from '../../hg/hgClient.ts';
import { templateCall, type ConfigItem } from './configTemplate.ts';
import { HELP_PREFIX } from './messageChecks.ts';
import type { HgContext } from '../../hg/commandContext.ts';

/**
 * This line and all below it do not belong to the message. `hg help config` documents it for templates that end with a
 * diff.
 */
const CUT = /^HG: -+ >8 -+$[^]*/m;

/** The text that last filled each input box. */
const filled = new WeakMap<OpenRepository, string>();

/** The text of the setting, or of the file that it names. */
export async function messageTemplate({ rootUri }: OpenRepository): Promise<string> {
  const wanted = commitSettings(rootUri).template;
  if (wanted === '' || wanted.includes('\n')) return wanted;
  const file = wanted.startsWith('/') || /^[a-z]:[\\/]/i.test(wanted) ? Uri.file(wanted) : undefined;
  const uri = file ?? Uri.joinPath(rootUri, wanted);
  try {
    return withoutHelp(Buffer.from(await workspace.fs.readFile(uri)).toString('utf8'));
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    return wanted;
  }
}

/** The template for the editor: that of the setting, else that of Mercurial's configuration, for which hg is asked. */
export async function editorTemplate({ hg, log }: HgContext, repository: OpenRepository): Promise<string> {
  const own = await messageTemplate(repository);
  if (own !== '') return own;
  try {
    // 1: there is none.
    const section: HgRequest = { verb: 'config', operands: ['committemplate'], codes: [0, 1] };
    const call = templateCall(await hg.rows<ConfigItem>(repository, section, 'name, value'), isMerging(repository));
    return call === undefined ? '' : withoutHelp(framedText(await hg.read(repository, call)));
  } catch (error) {
    // Without it a message can be written as well.
    log.warn(`${repository.root}: the template of the configuration: ${errorMessage(error)}`);
    return '';
  }
}

/** The message without the help, and without blank lines around it. */
export function withoutHelp(text: string): string {
  return text
    .replace(CUT, '')
    .split(/\r?\n/)
    .filter(line => !line.startsWith(HELP_PREFIX))
    .map(line => line.trimEnd())
    .join('\n')
    .trim();
}

/** Puts the template into an input box in which nothing is typed. */
export async function fillInputBox(repository: OpenRepository): Promise<void> {
  const text = await messageTemplate(repository);
  const { inputBox } = repository.view.sourceControl;
  // Reading took time.
  if (typedMessage(repository) !== '' || inputBox.value === text) return;
  filled.set(repository, text);
  inputBox.value = text;
}

/** Returns the text that the user typed into the input box; '' if it still has the template. */
export function typedMessage(repository: OpenRepository): string {
  const { value } = repository.view.sourceControl.inputBox;
  return value.trim() === '' || value.trim() === filled.get(repository)?.trim() ? '' : value;
}
