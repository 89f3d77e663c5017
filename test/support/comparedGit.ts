// Repositories in which `quicksilver status` has to write byte for byte what `git status` writes.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import type { CommandIo } from '../../src/cli/io.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

/** The folder of all repositories, and the home directory. */
export const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-git-')));
after(() => removeTree(base));

/** Without any configuration from outside. */
export const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  HOME: base,
  XDG_CONFIG_HOME: path.join(base, 'xdg'),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_OPTIONAL_LOCKS: '0',
  LC_ALL: 'C.UTF-8',
};
fs.writeFileSync(
  path.join(base, '.gitconfig'),
  '[user]\n\tname = t\n\temail = t@t\n[init]\n\tdefaultBranch = main\n[protocol "file"]\n\tallow = always\n',
);
const release = execFileSync('git', ['--version'], { encoding: 'utf8' }).replace(/^git version /, '');

/** A repository in {@link base}, made by the real git. */
export class Repository {
  readonly root: string;

  constructor(name: string, ...init: string[]) {
    this.root = path.join(base, name);
    this.git('init', '-q', ...init, this.root);
  }

  git(...args: string[]): string {
    const cwd = fs.existsSync(this.root) ? this.root : base;
    return execFileSync('git', args, {
      cwd,
      env: environment,
      encoding: 'latin1',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }

  /** As {@link git}, with something to read. */
  gitWith(input: string, ...args: string[]): string {
    return execFileSync('git', args, { cwd: this.root, env: environment, encoding: 'latin1', input });
  }

  /** Runs a command that may fail, as a merge with a conflict does. */
  try(...args: string[]): void {
    spawnSync('git', args, { cwd: this.root, env: environment, stdio: 'ignore' });
  }

  write(name: string, content: string): void {
    const file = path.join(this.root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }

  commit(message: string): void {
    this.git('add', '-A');
    this.git('commit', '-q', '-m', message);
  }

  /** Asserts that both write the same for these arguments. Git gets the `settings`, too. */
  async compare(args: readonly string[], directory = '', settings: readonly string[] = []): Promise<void> {
    const cwd = path.join(this.root, directory);
    const expected = execFileSync('git', [...settings, 'status', ...args], {
      cwd,
      env: environment,
      encoding: 'latin1',
    });
    assert.equal(await this.ownStatus(args, directory), expected, `git status ${args.join(' ')}`);
  }

  /** Returns what `quicksilver status` writes. Throws what it ends with. */
  async ownStatus(args: readonly string[], directory = ''): Promise<string> {
    let written = '';
    let complaints = '';
    const io: CommandIo = {
      stdout: { write: bytes => void (written += bytes) },
      stderr: { write: bytes => void (complaints += bytes) },
      cwd: path.join(this.root, directory),
      environment: { ...environment, QUICKSILVER_GIT_RELEASE: release },
      platform: process.platform,
      signal: new AbortController().signal,
    };
    const before = { ...process.env };
    Object.assign(process.env, environment);
    try {
      assert.equal(await runCommandLine(['status', ...args], io), 0, complaints);
    } finally {
      process.env = before;
    }
    return written;
  }

  async compareForms(): Promise<void> {
    for (const form of FORMS) await this.compare(form);
  }
}

/** Arguments of `git status` that cover its forms. */
export const FORMS: readonly (readonly string[])[] = [
  ['-s'],
  ['-s', '-b', '-uno'],
  ['-sbuall', '--ignored'],
  ['--porcelain'],
  ['--porcelain', '-z', '-unormal', '--ignored=matching'],
  ['--porcelain=v2', '--branch'],
  ['--porcelain=v2', '--branch', '-z', '--untracked-files=all', '--ignored=matching'],
  ['--porcelain=v2', '--no-renames', '--ignored=traditional', '-uall'],
  ['--porcelain=v2', '--branch', '--no-ahead-behind', '--show-stash'],
  ['-s', '--find-renames=90%'],
];
