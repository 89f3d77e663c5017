// How a newer server takes over: it asks the one that has the name, and only an older one agrees.
import { connect } from 'node:net';
import { Delay } from '../../base/async.ts';
import { decodeAnswer, encodeRequest } from '../../daemon/shortForm.ts';

/** A server that runs answers at once. */
const ANSWER_MS = 1000;

/**
 * Asks the server at an address to make room for `version`. Resolves with true if it does, or nobody listens there;
 * with false if it stays, or does not answer.
 */
export function retire(address: string, version: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(address);
    let isConnected = false;
    let received = '';
    const finish = (mayTake: boolean): void => {
      limit.dispose();
      socket.destroy();
      resolve(mayTake);
    };
    const limit = new Delay(() => finish(false));
    limit.set(ANSWER_MS);
    socket.setEncoding('latin1');
    socket.on('connect', () => {
      isConnected = true;
      socket.write(encodeRequest('retire', { build: version }, {}), 'latin1');
    });
    socket.on('data', (text: string) => (received += text));
    socket.on('error', () => finish(!isConnected));
    socket.on('end', () => finish(decodeAnswer(received)?.kind === 'retiring'));
  });
}
