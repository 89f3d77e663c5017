// A client of the shared server that asks one thing: connects, sends, reads the answer, all before a deadline.
import { connect } from 'node:net';
import { decodeAnswer, encodeRequest, type ShortAnswer } from './shortForm.ts';
import { mountNamespace, RuntimeDirectory, runtimeDirectoryPath, type Variables } from './runtimeDirectory.ts';

/** A server that accepts no connection in this time is not there. */
export const CONNECT_MS = 30;
/** A stopped server costs no more than this. */
export const ANSWER_MS = 250;

export type Asked =
  | { readonly kind: 'answer'; readonly answer: ShortAnswer }
  /** No server listens. */
  | { readonly kind: 'absent' }
  /** There is one, but it gave no whole answer in time. */
  | { readonly kind: 'silent' };

/** Sends one request to the user's server. Never throws for anything that a server can do. */
export async function askServer(
  method: string,
  values: Readonly<Record<string, string>>,
  variables: Variables,
  answerMs = ANSWER_MS,
  connectMs = CONNECT_MS,
): Promise<Asked> {
  const place = runtimeDirectoryPath(variables);
  const directory = place === undefined ? undefined : new RuntimeDirectory(place);
  if (directory?.isSafe() !== true) return { kind: 'absent' };
  const request = encodeRequest(method, { mount: mountNamespace(), ...values }, variables);
  return new Promise(resolve => {
    const socket = connect(directory.address);
    let received = '';
    let isConnected = false;
    const finish = (asked: Asked): void => {
      clearTimeout(connecting);
      clearTimeout(answering);
      socket.destroy();
      resolve(asked);
    };
    const connecting = setTimeout(() => {
      if (!isConnected) finish({ kind: 'silent' });
    }, connectMs);
    const answering = setTimeout(() => finish({ kind: 'silent' }), answerMs);
    socket.setEncoding('latin1');
    socket.on('connect', () => {
      isConnected = true;
      socket.write(request, 'latin1');
    });
    socket.on('data', (text: string) => (received += text));
    // Nobody listens, or the server ended: the whole answer is there, or it is none.
    socket.on('error', () => finish({ kind: isConnected ? 'silent' : 'absent' }));
    socket.on('end', () => {
      const answer = decodeAnswer(received);
      finish(answer === undefined ? { kind: 'silent' } : { kind: 'answer', answer });
    });
  });
}
