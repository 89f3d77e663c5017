// Git repositories of a test's own, made by the real git without any configuration from outside.
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { GitBackend, type GitBackendOptions } from '../../src/backends/git/gitBackend.ts';
import { gitEnvironment, type GitEnvironment } from '../../src/git/config/gitConfig.ts';
import { GitRepository, type GitOptions } from '../../src/git/repository/repository.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

/** Answers depend on the release at hand. */
export const gitRelease = execFileSync('git', ['--version'], { encoding: 'utf8' }).replace(/^git version /, '');

const CONFIG = `[user]
	name = t
	email = t@t
[init]
	defaultBranch = main
[protocol "file"]
	allow = always
[advice]
	detachedHead = false
`;

export class GitSandbox {
  readonly base: string;
  readonly variables: Readonly<Record<string, string | undefined>>;

  /** @param more environment variables, instead of those of the same name */
  constructor(more: Readonly<Record<string, string>> = {}) {
    this.base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-git-')));
    this.variables = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
      HOME: this.base,
      XDG_CONFIG_HOME: path.join(this.base, 'xdg'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_EDITOR: 'true',
      LC_ALL: 'C.UTF-8',
      ...more,
    };
    fs.writeFileSync(path.join(this.base, '.gitconfig'), CONFIG);
  }

  dispose(): void {
    removeTree(this.base);
  }

  init(name: string, ...options: readonly string[]): GitRoot {
    execFileSync('git', ['init', '-q', ...options, name], { cwd: this.base, env: this.variables });
    return new GitRoot(this, path.join(this.base, name));
  }
}

export class GitRoot {
  readonly root: string;
  readonly #sandbox: GitSandbox;

  constructor(sandbox: GitSandbox, root: string) {
    this.#sandbox = sandbox;
    this.root = root;
  }

  /** Returns the output, as bytes. Throws if the command fails. */
  git(...args: readonly string[]): string {
    return this.gitIn({}, ...args);
  }

  /** As {@link git}, with more environment variables. */
  gitIn(more: Readonly<Record<string, string>>, ...args: readonly string[]): string {
    const env = { ...this.#sandbox.variables, ...more };
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    return execFileSync('git', args, { cwd: this.root, env, encoding: 'latin1', stdio: [...stdio] });
  }

  /** As {@link git}, with something to read. */
  gitWith(input: string, ...args: readonly string[]): string {
    const { variables } = this.#sandbox;
    return execFileSync('git', args, { cwd: this.root, env: variables, encoding: 'latin1', input });
  }

  /** Runs a command that may fail, as a merge with a conflict does. Returns its exit code. */
  try(...args: readonly string[]): number | null {
    return spawnSync('git', args, { cwd: this.root, env: this.#sandbox.variables, stdio: 'ignore' }).status;
  }

  /** @param seconds modification time; the present if not given */
  write(name: string, content: string, seconds?: number): void {
    const file = path.join(this.root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    if (seconds !== undefined) fs.utimesSync(file, seconds, seconds);
  }

  commit(message: string): void {
    this.git('add', '-A');
    this.git('commit', '-q', '-m', message);
  }

  backend(options: Partial<GitBackendOptions> = {}): GitBackend {
    const environment = this.#environment();
    return new GitBackend(this.root, { vfs: new Vfs(), environment, release: gitRelease, ...options });
  }

  repository(options: Partial<GitOptions>): GitRepository {
    return GitRepository.open(this.root, { vfs: new Vfs(), environment: this.#environment(), ...options });
  }

  #environment(): GitEnvironment {
    return gitEnvironment(this.#sandbox.variables, this.#sandbox.base);
  }
}
