// What a message of a commit is better without: a long first line, text right below it, long lines.
import { l10n } from 'vscode';
import type { CommitSettings } from '../settings.ts';

export interface MessageProblem {
  /** From 0. */
  readonly line: number;
  /** Where in the line it begins. */
  readonly start: number;
  readonly end: number;
  readonly sentence: string;
}

/** A length of 0 in the settings is no limit. */
export function problemsOf(
  message: string,
  { subjectLength, lineLength }: Pick<CommitSettings, 'subjectLength' | 'lineLength'>,
): MessageProblem[] {
  const problems: MessageProblem[] = [];
  for (const [line, text] of message.split(/\r?\n/).entries()) {
    const limit = line === 0 ? subjectLength : lineLength;
    if (line === 1 && text.trim() !== '') {
      problems.push({
        line,
        start: 0,
        end: text.length,
        sentence: l10n.t('The second line of the message is not empty.'),
      });
    }
    if (limit === 0 || text.length <= limit) continue;
    const sentence =
      line === 0
        ? l10n.t('The first line of the message has {0} characters, and {1} are the limit.', text.length, limit)
        : l10n.t('Line {0} of the message has {1} characters, and {2} are the limit.', line + 1, text.length, limit);
    problems.push({ line, start: limit, end: text.length, sentence });
  }
  return problems;
}
