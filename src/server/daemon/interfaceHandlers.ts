// Answers the documented requests of a connection after its `hello`: interfaceProtocol.ts.
import { ErrorCodes, ResponseError, type MessageConnection } from 'vscode-jsonrpc';
import type { Disposable } from '../../base/lifecycle.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import type { Subscriber } from '../subscriber.ts';
import type { Refused } from './exactStatus.ts';
import { changesAnswer, directoryAnswer, everythingAnswer, MOST_CHANGES } from './fileAnswers.ts';
import * as form from './interfaceAnswers.ts';
import * as wire from './interfaceProtocol.ts';
import { ask, askExactly, systemOf, type Asked, type QuestionContext } from './questions.ts';
import { promptAnswer, statusAnswer } from './statusAnswers.ts';

export interface InterfaceOptions extends QuestionContext {
  readonly connection: MessageConnection;
  readonly serverId: string;
  /** The client's environment and mount namespace, as its `hello` has them. */
  readonly environment: ProcessEnvironment;
  readonly clientMount: string;
  readonly subscriber: Subscriber;
}

/** A program that follows a repository gets the usual audits of a window. */
const AUDIT_SECONDS = 60;

type Sent = Readonly<Record<string, unknown>>;

export function handleInterface(options: InterfaceOptions): readonly Disposable[] {
  const { connection, serverId, subscriber } = options;
  /** Answers one method. The other side may send anything. */
  const on = (method: string, answer: (params: Sent) => unknown): Disposable =>
    connection.onRequest(method, (params: unknown) => answer(sentFields(params)));
  const asked = (params: Sent): Asked => askedOf(params, options);
  return [
    on(wire.FsChanges.method, async params => {
      const since = text(params, 'since') ?? '';
      const limit = Math.trunc(number(params, 'limit') ?? MOST_CHANGES);
      if (limit < 1) throw invalid('limit is no number of paths');
      const most = Math.min(limit, MOST_CHANGES);
      return result(await ask(asked(params), options, each => changesAnswer(each, since, most)), form.changesResult);
    }),
    on(wire.FsListDirectory.method, async params => {
      const path = text(params, 'path') ?? '';
      return result(await ask(asked(params), options, each => directoryAnswer(each, path)), form.directoryResult);
    }),
    on(wire.FsFetchAll.method, async params =>
      result(await askExactly(asked(params), options, everythingAnswer), each => form.everythingResult(each, serverId)),
    ),
    on(wire.StatusExact.method, async params =>
      result(await askExactly(asked(params), options, statusAnswer), each => form.statusResult(each, serverId)),
    ),
    on(wire.StatusPrompt.method, async params =>
      result(await askExactly(asked(params), options, promptAnswer), form.promptResult),
    ),
    on(wire.StatusSubscribe.method, params => {
      const { root, rootId, system: name, mount } = asked(params);
      const system = systemOf({ root, system: name, mount }, options);
      if (system.kind === 'refused') throw new ResponseError(ErrorCodes.InvalidRequest, system.why);
      const how = { auditSeconds: AUDIT_SECONDS, watchShare: options.models.watchShare };
      subscriber.open({ root, rootId, system: system.kind, ...how });
      return null;
    }),
    on(wire.StatusUnsubscribe.method, params => {
      subscriber.close(text(params, 'root') ?? '');
      return null;
    }),
  ];
}

function result<A extends object, R>(answer: A | Refused, make: (answer: Exclude<A, Refused>) => R): R | wire.Inexact {
  return isRefused(answer) ? form.inexact(answer) : make(answer as Exclude<A, Refused>);
}

function isRefused(answer: object): answer is Refused {
  return 'kind' in answer && answer.kind === 'refused';
}

function askedOf(params: Sent, { environment, clientMount }: InterfaceOptions): Asked {
  const [root, rootId] = [text(params, 'root'), text(params, 'rootId')];
  if (root === undefined || rootId === undefined) throw invalid('root and rootId are missing');
  const [system, deadline] = [text(params, 'system'), number(params, 'deadline')];
  return { root, rootId, system, mount: clientMount, deadline, environment };
}

function sentFields(params: unknown): Sent {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) throw invalid('params is no object');
  return params as Sent;
}

function text(params: Sent, name: string): string | undefined {
  const value = params[name];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`${name} is no text`);
}

function number(params: Sent, name: string): number | undefined {
  const value = params[name];
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw invalid(`${name} is no number`);
}

function invalid(why: string): ResponseError {
  return new ResponseError(ErrorCodes.InvalidParams, why);
}
