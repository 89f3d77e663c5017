// The engine as the extension has it: the built worker in a thread of its own, messages over its port.
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { EngineClient } from '../../src/extension/engine/engineClient.ts';
import { startWorker } from '../../src/extension/engine/engineTransport.ts';
import { STATUS_LETTERS } from '../../src/server/statusLetters.ts';
import { PlainError, projectRoot } from '../lib/processes.mjs';

const WORKER = path.join(projectRoot, 'dist', 'worker.cjs');

/** Longer than anything here takes: what has not come by then is not going to. */
const LIMIT = 180_000;

/**
 * A running engine.
 *
 * @param native false: without native code
 */
export class Engine {
  #client;
  #followed = new Map();

  constructor({ native = true } = {}) {
    const warn = message => {
      // Some measurements allow it no watches, which it rightly warns of.
      if (!message.includes('Not every directory can be watched')) console.warn(`engine: ${message}`);
    };
    const log = { trace: () => {}, info: () => {}, warn, error: warn };
    this.#client = new EngineClient({
      // The worker gets a copy of the environment when it is started.
      start: () => withEnvironment({ QUICKSILVER_NATIVE: native ? undefined : '0' }, () => startWorker(WORKER, log)),
      log,
      schedule: (milliseconds, callback) => {
        const timer = setTimeout(callback, milliseconds);
        return { dispose: () => clearTimeout(timer) };
      },
      now: () => performance.now(),
    });
    this.#client.onDidUpdate(update => this.#followed.get(update.root)?.apply(update));
    this.#client.onDidDie(({ reason }) => console.error(`The engine died: ${reason}`));
  }

  /** Opens a repository; resolves to a {@link Followed} when the first settled status is there. */
  async open(root, { watchShare = 0.5, system } = {}) {
    const followed = new Followed(root, this.#client);
    this.#followed.set(root, followed);
    const started = performance.now();
    const settled = followed.until('the first status is settled', update => isSettled(update));
    await this.#client.open({ root, auditSeconds: 0, watchShare, ...(system && { system }) });
    followed.firstStatus = (await settled) - started;
    return followed;
  }

  async close(root) {
    await this.#client.close(root);
    this.#followed.delete(root);
  }

  content(query) {
    return this.#client.content(query);
  }

  dispose() {
    this.#client.dispose();
  }
}

/** The updates of one repository. */
class Followed {
  #client;
  #waiting = new Set();
  #entries = new Map();

  constructor(root, client) {
    this.root = root;
    this.#client = client;
    /** Milliseconds from opening to the first settled status. */
    this.firstStatus = Number.NaN;
  }

  /** The last update. */
  last;

  /** As `hg status` lists it: 'M path', ordered. Names are ASCII, so nothing has to be converted. */
  get lines() {
    return [...this.#entries.values()]
      .filter(({ status }) => status !== 'ignored')
      .map(({ path: name, status }) => `${STATUS_LETTERS[status]} ${name}`)
      .sort();
  }

  statusOf(name) {
    return this.#entries.get(name)?.status;
  }

  hint(names) {
    this.#client.hint(this.root, names);
  }

  settle() {
    return this.#client.settle(this.root);
  }

  /** Resolves to the moment at which an update was received with which `condition(update)` holds. */
  until(what, condition) {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(check);
      };
      const fail = why => {
        end();
        reject(new PlainError(`gave up waiting until ${what}${why}`));
      };
      const timer = setTimeout(fail, LIMIT, '');
      const check = (update, now) => {
        if ('problem' in update.state) return fail(`: ${update.state.problem.message}`);
        if (!condition(update)) return;
        end();
        resolve(now);
      };
      this.#waiting.add(check);
    });
  }

  /** Resolves to the moment at which the path was published with this status; undefined is none. */
  untilStatus(name, status) {
    return this.until(`${name} is ${status ?? 'clean'}`, () => this.statusOf(name) === status);
  }

  apply(update) {
    const now = performance.now();
    if (update.reset) this.#entries.clear();
    for (const name of update.cleared) this.#entries.delete(name);
    for (const entry of update.changed) this.#entries.set(entry.path, entry);
    this.last = update;
    for (const check of [...this.#waiting]) check(update, now);
  }
}

/** True if no more parts follow this update. */
export function isSettled(update) {
  return update.settled && update.state.kind === 'ready';
}

function withEnvironment(variables, work) {
  const before = Object.keys(variables).map(name => [name, process.env[name]]);
  setAll(Object.entries(variables));
  try {
    return work();
  } finally {
    setAll(before);
  }
}

function setAll(variables) {
  for (const [name, value] of variables) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
