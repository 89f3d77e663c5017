// A client of the shared server that asks one thing: connects, sends, reads the answer, all before a deadline.
import { connect, type Socket } from 'node:net';
import { decodeAnswer, encodeRequest, splitProof, type ShortAnswer } from './shortForm.ts';
import { clientProof, isServerProof, type Proof } from './proof.ts';
import { mountNamespace, runtimeDirectory, type Door, type Variables } from './runtimeDirectory.ts';

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

/**
 * Sends one request to the user's server. Never throws for anything that a server can do.
 * @param isOwnPeer false if another user is known to be at the other end: nothing is sent
 */
export async function askServer(
  method: string,
  values: Readonly<Record<string, string>>,
  variables: Variables,
  answerMs = ANSWER_MS,
  connectMs = CONNECT_MS,
  isOwnPeer: (socket: Socket) => boolean = () => true,
): Promise<Asked> {
  const directory = runtimeDirectory(variables);
  const door = directory?.isSafe() === true ? directory.door : undefined;
  return door === undefined
    ? { kind: 'absent' }
    : askAt(door, method, values, variables, answerMs, connectMs, isOwnPeer);
}

/** As {@link askServer}, at a known place. */
export async function askAt(
  { address, secret }: Door,
  method: string,
  values: Readonly<Record<string, string>>,
  variables: Variables,
  answerMs: number,
  connectMs: number,
  isOwnPeer: (socket: Socket) => boolean = () => true,
): Promise<Asked> {
  const proof = secret === undefined ? undefined : clientProof(secret);
  const request = encodeRequest(method, { mount: mountNamespace(), ...values, ...proof }, variables);
  return new Promise(resolve => {
    const socket = connect(address);
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
      if (!isOwnPeer(socket)) {
        finish({ kind: 'absent' });
        return;
      }
      socket.write(request, 'latin1');
    });
    socket.on('data', (text: string) => (received += text));
    // Nobody listens, or the server ended: the whole answer is there, or it is none.
    socket.on('error', () => finish({ kind: isConnected ? 'silent' : 'absent' }));
    socket.on('end', () => {
      const answer = decodeAnswer(provenAnswer(received, secret, proof));
      finish(answer === undefined ? { kind: 'silent' } : { kind: 'answer', answer });
    });
  });
}

/** Returns the answer behind the server's proof; '' if another program has taken the pipe's name. */
function provenAnswer(received: string, secret: string | undefined, sent: Proof | undefined): string {
  if (secret === undefined || sent === undefined) return received;
  const split = splitProof(received);
  return split !== undefined && isServerProof(secret, sent.nonce, split.proof) ? split.answer : '';
}
