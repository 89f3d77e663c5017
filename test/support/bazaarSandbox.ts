// Working trees of the real Breezy, in a directory of their own.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

/** The executable; undefined if Breezy is not installed. */
export const BRZ = ['/usr/bin/brz', '/usr/local/bin/brz'].find(file => fs.existsSync(file));
/** For tests that need it. */
export const NEEDS_BRZ = { skip: BRZ === undefined ? 'Breezy is not installed' : false };

export class BazaarSandbox {
  readonly base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-bzr-')));
  readonly environment = {
    HOME: this.base,
    BRZ_HOME: path.join(this.base, 'settings'),
    BRZ_EMAIL: 'Ann Smith <ann@example.org>',
    BRZ_LOG: '/dev/null',
    LC_ALL: 'C.UTF-8',
    PATH: '/usr/bin:/bin',
    TZ: 'UTC',
  };

  constructor() {
    fs.mkdirSync(path.join(this.base, 'settings', 'breezy'), { recursive: true });
  }

  init(name: string): BazaarTree {
    const tree = new BazaarTree(this, path.join(this.base, name));
    tree.brz('init', '-q', tree.root);
    return tree;
  }

  dispose(): void {
    removeTree(this.base);
  }
}

export class BazaarTree {
  readonly sandbox: BazaarSandbox;
  readonly root: string;

  constructor(sandbox: BazaarSandbox, root: string) {
    this.sandbox = sandbox;
    this.root = root;
  }

  /** Runs a command, which may fail; returns its exit code. */
  brz(...args: string[]): number | null {
    const cwd = fs.existsSync(this.root) ? this.root : this.sandbox.base;
    return spawnSync(BRZ!, args, { cwd, env: this.sandbox.environment, stdio: 'ignore' }).status;
  }

  write(name: string, content: string): void {
    const file = path.join(this.root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
}
