// Replaces vscode-jsonrpc in the extension's bundle: the parts of it that two ends of a message port need. The rest
// (streams, sockets, pipes, encodings) is as large again, and useless on the extension host. The worker has the whole
// library, so that tests run both sides with each other.
import { randomUUID } from 'node:crypto';
import { clearImmediate, clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } from 'node:timers';
import { CancellationTokenSource } from '../../node_modules/vscode-jsonrpc/lib/common/cancellation.js';
import { createMessageConnection } from '../../node_modules/vscode-jsonrpc/lib/common/connection.js';
import { Emitter, Event } from '../../node_modules/vscode-jsonrpc/lib/common/events.js';
import {
  NotificationType,
  RequestType,
  RequestType0,
  ResponseError,
} from '../../node_modules/vscode-jsonrpc/lib/common/messages.js';
import ral from '../../node_modules/vscode-jsonrpc/lib/common/ral.js';

ral.default.install({
  crypto: { randomUUID },
  console,
  timer: {
    setTimeout: (...args) => disposableTimer(setTimeout(...args), clearTimeout),
    setImmediate: (...args) => disposableTimer(setImmediate(...args), clearImmediate),
    setInterval: (...args) => disposableTimer(setInterval(...args), clearInterval),
  },
});

export { CancellationTokenSource, NotificationType, RequestType, RequestType0, ResponseError, createMessageConnection };

/** The messages that arrive at a port or a worker. */
export class PortMessageReader {
  #port;
  #error = new Emitter();
  #close = new Emitter();
  onError = this.#error.event;
  onClose = this.#close.event;
  /** Messages come as a whole. */
  onPartialMessage = Event.None;

  constructor(port) {
    this.#port = port;
    port.on('error', error => this.#error.fire(error));
    port.on('close', () => this.#close.fire(undefined));
  }

  listen(callback) {
    this.#port.on('message', callback);
    return { dispose: () => this.#port.off('message', callback) };
  }

  dispose() {
    this.#error.dispose();
    this.#close.dispose();
  }
}

/** Sends messages through a port or to a worker. */
export class PortMessageWriter {
  #port;
  #sent = 0;
  #error = new Emitter();
  #close = new Emitter();
  onError = this.#error.event;
  onClose = this.#close.event;

  constructor(port) {
    this.#port = port;
    port.on('error', error => this.#error.fire([error, undefined, this.#sent]));
    port.on('close', () => this.#close.fire(undefined));
  }

  write(message) {
    try {
      this.#port.postMessage(message);
      this.#sent++;
      return Promise.resolve();
    } catch (error) {
      this.#error.fire([error, message, this.#sent]);
      return Promise.reject(error);
    }
  }

  end() {
    // A port has no end of its own: who made it closes it.
  }

  dispose() {
    this.#error.dispose();
    this.#close.dispose();
  }
}

function disposableTimer(handle, clear) {
  return { dispose: () => clear(handle) };
}
