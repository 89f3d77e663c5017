// Bazaar working trees in which `quicksilver status` has to write byte for byte what `brz status` writes.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import type { CommandIo } from '../../src/cli/io.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

export const BRZ = ['/usr/bin/brz', '/usr/local/bin/brz'].find(file => fs.existsSync(file));
export const options = { skip: BRZ === undefined ? 'Breezy is not installed' : false };
/** The folder of all working trees, and the home directory. */
export const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-bzr-')));
after(() => removeTree(base));

export const environment = {
  HOME: base,
  BRZ_HOME: path.join(base, 'settings'),
  BRZ_EMAIL: 'Ann Smith <ann@example.org>',
  BRZ_LOG: '/dev/null',
  BRZ_COLUMNS: '80',
  LC_ALL: 'C.UTF-8',
  PATH: '/usr/bin:/bin',
  TZ: 'UTC',
};
fs.mkdirSync(path.join(base, 'settings', 'breezy'), { recursive: true });

export interface Answer {
  readonly code: number;
  readonly text: string;
  readonly complaints: string;
}

interface Surroundings {
  readonly variables?: Readonly<Record<string, string>>;
  /** Where the output goes. */
  readonly terminal?: { readonly columns: number };
}

/** A working tree in {@link base}, made by the real brz. */
export class Tree {
  readonly root: string;

  constructor(name: string, ...init: string[]) {
    this.root = path.join(base, name);
    this.brz('init', '-q', ...init, this.root);
  }

  brz(...args: string[]): void {
    const cwd = fs.existsSync(this.root) ? this.root : base;
    execFileSync(BRZ!, args, { cwd, env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  }

  /** Runs a command ten seconds later: Breezy records stats whose times, those of the inode too, are old enough. */
  later(...args: string[]): void {
    const folder = path.join(base, 'later');
    fs.mkdirSync(folder, { recursive: true });
    // Python runs this file at its start.
    const clock = 'import time\nnow = time.time\ntime.time = lambda: now() + 10\n';
    fs.writeFileSync(path.join(folder, 'sitecustomize.py'), clock);
    execFileSync(BRZ!, args, { cwd: this.root, env: { ...environment, PYTHONPATH: folder }, stdio: 'ignore' });
  }

  /** Runs a command that may fail, as a merge with a conflict does. */
  try(...args: string[]): void {
    spawnSync(BRZ!, args, { cwd: this.root, env: environment, stdio: 'ignore' });
  }

  write(name: string, content: string): void {
    const file = path.join(this.root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }

  remove(name: string): void {
    fs.rmSync(path.join(this.root, name), { recursive: true });
  }

  commit(message: string): void {
    this.brz('add', '-q');
    this.brz('commit', '-q', '--unchanged', '-m', message);
  }

  async status(
    args: readonly string[],
    command = 'status',
    { variables = environment, terminal }: Surroundings = {},
  ): Promise<Answer> {
    let text = '';
    let complaints = '';
    const io: CommandIo = {
      stdout: { write: bytes => void (text += bytes), isTerminal: terminal !== undefined, ...terminal },
      stderr: { write: bytes => void (complaints += bytes) },
      cwd: this.root,
      environment: variables,
      platform: process.platform,
      signal: new AbortController().signal,
    };
    return { code: await runCommandLine([command, ...args], io), text, complaints };
  }

  /** Asserts that both write the same, and returns it. */
  async compare(...args: string[]): Promise<string> {
    const expected = spawnSync(BRZ!, ['status', ...args], { cwd: this.root, env: environment, encoding: 'latin1' });
    const { code, text, complaints } = await this.status(args);
    assert.equal(text, expected.stdout, `brz status ${args.join(' ')}\n${complaints}`);
    assert.equal(code, expected.status);
    return Buffer.from(text, 'latin1').toString('utf8');
  }

  /** @param forms few, because each starts Breezy; `fuzz_bzr.py` compares all of them in one process */
  async compareForms(forms: readonly (readonly string[])[] = [['-S'], ['-v']]): Promise<void> {
    for (const form of forms) await this.compare(...form);
  }
}
