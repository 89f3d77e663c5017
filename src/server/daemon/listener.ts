// Listens on the user's socket, so that of many servers that start at once one remains. There are no lock files:
// 1. listen on a private name (on Windows on a pipe that nobody knows, which a file of a private name describes);
// 2. ask who has the public name: if somebody is there and no older version, end;
// 3. rename the private name to the public one, which replaces a name that nobody listens on, or an older version;
// 4. check the public name again: another server that started at the same moment may have replaced it.
import { createServer, type Server, type Socket } from 'node:net';
import type { Door, RuntimeDirectory } from '../../daemon/runtimeDirectory.ts';
import { Delay } from '../../base/async.ts';
import { DisposableStore, Emitter, type Disposable } from '../../base/lifecycle.ts';

/** After the rename, a competitor's rename comes within this time. */
const FIRST_LOOK_MS = 50;
const LOOK_MS = 5000;
const TOUCH_EVERY_LOOKS = 720;
/** Private names of servers that died while they started are removed when they are this old. */
const ABANDONED_MS = 60_000;

export interface ListenerOptions {
  readonly directory: RuntimeDirectory;
  /** Names the private socket; the number of the process. */
  readonly process: number;
  onConnection(socket: Socket): void;
  /** Resolves with true if nobody listens behind a door, or that server makes room. */
  takesOver(door: Door | undefined): Promise<boolean>;
  /** Called between the second and the third step; tests force a race with it. */
  readonly beforeRename?: () => Promise<void>;
}

export class Listener implements Disposable {
  readonly #options: ListenerOptions;
  readonly #owned = new DisposableStore();
  readonly #look: Delay;
  readonly #superseded = this.#owned.add(new Emitter<string>());
  readonly #server: Server;
  #identity: string | undefined;
  #secret: string | undefined;
  #looks = 0;
  #soonUntil = 0;
  #isListening = false;

  /** Fires once, with the reason, when the public name is another server's, or gone. No connection comes any more. */
  readonly onDidLose = this.#superseded.event;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#look = this.#owned.add(new Delay(() => this.#check()));
    this.#server = createServer({ allowHalfOpen: false }, socket => options.onConnection(socket));
  }

  /** Clients of a named pipe must know it. Undefined for a socket. */
  get secret(): string | undefined {
    return this.#secret;
  }

  /** Resolves with false if another server answers under the public name. Rejects if the directory cannot be used. */
  async listen(): Promise<boolean> {
    const { directory, process } = this.#options;
    const own = directory.privateAddress(process);
    directory.remove(own);
    const door = directory.newDoor(process);
    this.#secret = door.secret;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ path: door.address }, resolve);
    });
    this.#isListening = true;
    try {
      directory.announce(process, door);
      if (!(await this.#options.takesOver(directory.door))) {
        this.#close();
        directory.remove(own);
        return false;
      }
      await this.#options.beforeRename?.();
      this.#identity = directory.identity(own);
      directory.publish(own);
    } catch (error) {
      this.#close();
      directory.remove(own);
      throw error;
    }
    this.#look.set(FIRST_LOOK_MS);
    for (const { address, age } of directory.privateNames()) if (age > ABANDONED_MS) directory.remove(address);
    return true;
  }

  /** Another server is about to take the name: checks more often for a while. */
  checkSoon(): void {
    this.#soonUntil = performance.now() + LOOK_MS;
    if (this.#isListening) this.#look.set(FIRST_LOOK_MS);
  }

  dispose(): void {
    this.#owned.dispose();
    this.#close();
  }

  #check(): void {
    const { directory } = this.#options;
    const now = directory.identity(directory.address);
    if (now === this.#identity && directory.isSafe()) {
      this.#looks++;
      if (this.#looks % TOUCH_EVERY_LOOKS === 0) directory.touch();
      this.#look.set(performance.now() < this.#soonUntil ? FIRST_LOOK_MS : LOOK_MS);
      return;
    }
    this.#close();
    this.#superseded.fire(now === undefined ? 'the socket is gone' : 'superseded by another server');
  }

  #close(): void {
    if (!this.#isListening) return;
    this.#isListening = false;
    // Connections that exist go on.
    this.#server.close();
  }
}
