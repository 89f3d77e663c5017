// Shows the questions of a running hg as dialogs: a choice as a list, anything else as an input box.
import { type CancellationToken } from 'vscode';
import { input, pick } from '../common/display.ts';
import { withoutSecrets } from '../../hgCommand/secrets.ts';
import type { HgAsked } from '../../server/hgProtocol.ts';
import { hgTexts } from './hgStrings.ts';
import { answerWithUserName } from './userName.ts';

/** The question that `ui.askusername` brings. It is English, because hg runs with HGPLAIN. */
const USER_NAME_QUESTION = 'enter a commit username:';

/** Returns null if the user cancels, or the command is cancelled meanwhile. */
export async function askUser(asked: HgAsked, token: CancellationToken): Promise<string | null> {
  const text = withoutSecrets(asked.text.trim());
  const { choices } = asked;
  if (text.startsWith(USER_NAME_QUESTION)) return (await answerWithUserName(token)) ?? null;
  if (choices !== undefined && choices.length > 0) {
    const items = choices.map(({ key, label }) => ({
      label,
      description: key === asked.preset ? hgTexts.ask.preset() : '',
      key,
    }));
    // hg's default comes first.
    items.sort((a, b) => Number(b.key === asked.preset) - Number(a.key === asked.preset));
    const [first = text, ...rest] = text.split('\n');
    const chosen = await pick(
      items,
      { title: first, placeHolder: rest.join(' ') || hgTexts.ask.choice(), ignoreFocusOut: true },
      token,
    );
    return chosen?.key ?? null;
  }
  const said = asked.output.endsWith(text) ? asked.output.slice(0, -text.length).trim() : asked.output;
  const prompt = [said.replaceAll('\n', ' · '), text].filter(part => part !== '').join(' · ');
  const answer = await input(
    {
      title: asked.isPassword ? hgTexts.ask.password() : hgTexts.ask.choice(),
      prompt,
      password: asked.isPassword,
      ignoreFocusOut: true,
      ...(!asked.isPassword && asked.preset !== undefined && { value: asked.preset }),
    },
    token,
  );
  return answer ?? null;
}
