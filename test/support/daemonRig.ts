// A shared server in this process, with a runtime directory of its own, and clients that ask it.
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Disposable } from '../../src/base/lifecycle.ts';
import { silentLogger } from '../../src/base/log.ts';
import { RuntimeDirectory } from '../../src/daemon/runtimeDirectory.ts';
import { askServer, type Asked } from '../../src/daemon/shortClient.ts';
import { Daemon, type DaemonOptions } from '../../src/server/daemon/daemon.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

export class DaemonRig implements Disposable {
  readonly base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'qsd-')));
  readonly directory = new RuntimeDirectory(path.join(this.base, 'run'));
  readonly daemons: Daemon[] = [];
  /** The environment of the clients. */
  readonly variables = {
    HOME: process.env['HOME'],
    HGRCPATH: '',
    PATH: process.env['PATH'],
    QUICKSILVER_RUNTIME_DIRECTORY: this.directory.path,
  };

  constructor() {
    this.directory.make();
  }

  /** A server that is not started yet. */
  daemon(options: Partial<DaemonOptions> = {}): Daemon {
    const daemon = new Daemon({
      directory: this.directory,
      logger: silentLogger,
      idleMs: 60_000,
      unloadMs: 60_000,
      memoryBytes: 1 << 30,
      watchShare: 0.25,
      process: 1000 + this.daemons.length,
      ...options,
    });
    this.daemons.push(daemon);
    return daemon;
  }

  /** Asks for something about a root; `milliseconds` bound the wait generously. */
  ask(
    method: string,
    root?: string,
    values: Readonly<Record<string, string>> = {},
    milliseconds = 20_000,
  ): Promise<Asked> {
    const about: Record<string, string> = {};
    if (root !== undefined) {
      const stat = fs.statSync(root, { bigint: true });
      Object.assign(about, { root, id: `${stat.dev}:${stat.ino}`, deadline: String(milliseconds) });
    }
    return askServer(method, { ...about, ...values }, this.variables, milliseconds, milliseconds);
  }

  /** As {@link ask}; the fields as one text, the kind in front. Fails without an answer. */
  async answer(method: string, root?: string, values: Readonly<Record<string, string>> = {}): Promise<string> {
    const asked = await this.ask(method, root, values);
    if (asked.kind !== 'answer') throw new Error(`no answer: ${asked.kind}`);
    return [asked.answer.kind, ...asked.answer.fields].join('|');
  }

  dispose(): void {
    for (const daemon of this.daemons) daemon.dispose();
    removeTree(this.base);
  }
}

/** Sends bytes and resolves with everything that comes until the connection ends. */
export function exchange(address: string, bytes: string): Promise<string> {
  return new Promise(resolve => {
    const socket = net.connect(address);
    let text = '';
    socket.setEncoding('latin1');
    socket.on('connect', () => socket.write(bytes, 'latin1'));
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
  });
}

/** The least that is a repository, without history. */
export function bareRepository(root: string): string {
  fs.mkdirSync(path.join(root, '.hg', 'store'), { recursive: true });
  fs.writeFileSync(path.join(root, '.hg', 'requires'), 'dotencode\nfncache\ngeneraldelta\nrevlogv1\nstore\n');
  return root;
}
