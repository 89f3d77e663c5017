// JSON-RPC over a socket: one message per line, UTF-8. So a client needs nothing but a socket and JSON.
import type { Socket } from 'node:net';
import { AbstractMessageReader, AbstractMessageWriter, type DataCallback, type Message } from 'vscode-jsonrpc/node';
import { errorMessage } from '../../base/errors.ts';
import { toDisposable, type Disposable } from '../../base/lifecycle.ts';

/** A longer request ends the connection. */
export const MOST_LINE_BYTES = 1 << 20;
/** A client that leaves more bytes unread is dropped with the next message. */
export const MOST_UNSENT_BYTES = 4 << 20;
const NEWLINE = 0x0a;

export class LineReader extends AbstractMessageReader {
  readonly #socket: Socket;
  readonly #mostBytes: number;
  #pending: Buffer[] = [];
  #length = 0;

  /** @param received what was read from the socket before */
  constructor(socket: Socket, received: Buffer = Buffer.alloc(0), mostBytes = MOST_LINE_BYTES) {
    super();
    this.#socket = socket;
    this.#mostBytes = mostBytes;
    if (received.length > 0) this.#keep(received);
  }

  listen(callback: DataCallback): Disposable {
    const take = (bytes: Buffer): void => this.#take(bytes, callback);
    const received = this.#flush();
    this.#socket.on('data', take);
    this.#socket.on('close', () => this.fireClose());
    if (received.length > 0) take(received);
    return toDisposable(() => this.#socket.off('data', take));
  }

  #take(bytes: Buffer, callback: DataCallback): void {
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      this.#keep(bytes.subarray(from, end));
      from = end + 1;
      const line = this.#flush().toString('utf8');
      if (line.trim() === '') continue;
      let message: unknown;
      try {
        message = JSON.parse(line);
      } catch (error) {
        this.#fail(`a line is no JSON: ${errorMessage(error)}`);
        return;
      }
      if (!isMessage(message)) {
        this.#fail('a line is no JSON-RPC message');
        return;
      }
      callback(message);
    }
    if (from < bytes.length) this.#keep(bytes.subarray(from));
    if (this.#length > this.#mostBytes) this.#fail(`a message has more than ${this.#mostBytes} bytes`);
  }

  #keep(bytes: Buffer): void {
    this.#pending.push(bytes);
    this.#length += bytes.length;
  }

  #flush(): Buffer {
    const all = this.#pending.length === 1 ? this.#pending[0]! : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#length = 0;
    return all;
  }

  #fail(why: string): void {
    this.#flush();
    this.fireError(new Error(why));
    this.#socket.destroy();
  }
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'jsonrpc' in value && value.jsonrpc === '2.0';
}

export class LineWriter extends AbstractMessageWriter {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('close', () => this.fireClose());
  }

  /** Rejects when the socket is closed. A client that does not read is dropped. */
  write(message: Message): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed) return Promise.reject(new Error('the connection is closed'));
    // Before the message: a single one may be longer.
    if (socket.writableLength > MOST_UNSENT_BYTES) {
      socket.destroy();
      return Promise.reject(new Error('the client does not read'));
    }
    socket.write(`${JSON.stringify(message)}\n`, 'utf8');
    return Promise.resolve();
  }

  end(): void {
    this.#socket.end();
  }
}

/** Resolves when a client has read enough to take more, or is gone. */
export function whenDrained(socket: Socket): Promise<void> {
  if (socket.destroyed || !socket.writableNeedDrain) return Promise.resolve();
  return new Promise(resolve => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}
