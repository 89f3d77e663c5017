// Answers the short form: see daemon/shortForm.ts and docs/server-protocol.md.
import { fromDisplay } from '../../base/bytePath.ts';
import { oneLine } from '../../base/foreignText.ts';
import { encodeAnswer, type ShortRequest } from '../../daemon/shortForm.ts';
import { isNewer } from '../../daemon/versions.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import type { Refused } from './exactStatus.ts';
import {
  changesAnswer,
  directoryAnswer,
  everythingAnswer,
  followedDirectories,
  type ChangesAnswer,
} from './fileAnswers.ts';
import { ask, askExactly, type Asked, type FileQuestion, type QuestionContext } from './questions.ts';
import { refusal, shortAnswer, type RepositoryAnswer } from './shortAnswers.ts';
import { promptAnswer, statusAnswer } from './statusAnswers.ts';

export interface ShortRequestContext extends QuestionContext {
  readonly serverId: string;
  /** The version of this program. */
  readonly version: string;
  readonly environment: (variables: Readonly<Record<string, string>>) => ProcessEnvironment;
  info(): readonly string[];
  /** A server of a newer version is about to take the name. */
  retire(newer: string): void;
  /** Ends the server when the answer is sent. */
  stop(): void;
}

/** Returns the answer to a request as a byte string. */
export async function answerShortly(request: ShortRequest, context: ShortRequestContext): Promise<string> {
  switch (request.method) {
    case 'info':
      return encodeAnswer('info', context.info().map(fromDisplay));
    case 'retire':
      return retireAnswer(request.values.get('build') ?? '', context);
    case 'stop':
      context.stop();
      return encodeAnswer('stopping', []);
    default: {
      const answer = await repositoryAnswer(request, context);
      return answer === undefined
        ? refusal(`the method ${oneLine(request.method)} is unknown`)
        : shortAnswer(answer, context.serverId);
    }
  }
}

/** A newer server asks before it takes the name of this one. */
function retireAnswer(build: string, context: ShortRequestContext): string {
  if (!isNewer(build, context.version)) return refusal(`version ${context.version} runs`);
  context.retire(build);
  return encodeAnswer('retiring', []);
}

/** Undefined for an unknown method. */
function repositoryAnswer(request: ShortRequest, context: ShortRequestContext): Promise<RepositoryAnswer> | undefined {
  const { method, values } = request;
  const asked = askedOf(request, context);
  switch (method) {
    case 'status':
      return askExactly(asked, context, statusAnswer);
    case 'prompt':
      return askExactly(asked, context, promptAnswer);
    case 'fetchall':
      return askExactly(asked, context, everythingAnswer);
    case 'changes':
      return ask(asked, context, question => {
        const answer = changesAtOnce(question, values.get('since') ?? '');
        if (answer.kind === 'refused' || values.get('directories') !== 'yes') return answer;
        const followed = followedDirectories(question);
        return 'kind' in followed ? followed : { ...answer, followed };
      });
    case 'listdir':
      return ask(asked, context, question => directoryAnswer(question, values.get('path') ?? ''));
    default:
      return undefined;
  }
}

function askedOf({ values, variables }: ShortRequest, { environment }: ShortRequestContext): Asked {
  return {
    root: values.get('root') ?? '',
    rootId: values.get('id') ?? '',
    system: values.get('system'),
    mount: values.get('mount'),
    deadline: Number(values.get('deadline') ?? ''),
    environment: environment(variables),
  };
}

/** A client that asks once would rather scan than ask for the rest. */
function changesAtOnce(question: FileQuestion, since: string): ChangesAnswer | Refused {
  const answer = changesAnswer(question, since);
  if (answer.kind === 'refused' || !answer.hasMore) return answer;
  return { ...answer, token: question.changes.takeToken(), isFresh: true, hasMore: false, paths: [] };
}
