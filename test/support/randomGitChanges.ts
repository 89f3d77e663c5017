// Random changes that users and programs make to a Git working tree: file operations of every kind, and git commands.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { GitRoot } from './gitSandbox.ts';
import type { Random } from './random.ts';

const NAMES = [
  'a',
  'b',
  'c',
  'd.txt',
  'e.c',
  'f.h',
  'x y',
  'z.o',
  'README',
  'a.bak',
  'é',
  '[x]',
  'ab',
  'A1',
  'a-',
  'new\nline',
];
const DIRECTORIES = ['', '', 'dir', 'dir/sub', 'sub', 'deep/er/est', 'a.i', 'x y', 'build', 'build/out', 'dir-'];
const IGNORE_LINES = [
  '*.o', '*.bak', '/dir', 'dir/', 'sub/', '/sub/*', '!*.c', '!/dir/', 'dir/**', '**/sub', '*', '!/a', 'x y', '[ab]', 'build/*',
  '!/build/out', 'a', 'deep/**/est', '# no', 'er/est', '!dir/sub', '/build',
]; // prettier-ignore

/** The file that core.excludesFile names, if it is set. */
const EXCLUDES = '.git/excludes';

type Operation = () => unknown;

export class RandomGitChanges {
  readonly log: string[] = [];
  readonly #repository: GitRoot;
  readonly #random: Random;
  readonly #operations: readonly Operation[];
  readonly #between: () => void;
  #commits = 0;
  /** Modification times are all different, and of whole seconds: git compares no more. */
  #clock = 1_500_000_000;

  /** @param between called now and then between two changes that belong together; a follower may read the first */
  constructor(repository: GitRoot, random: Random, between: () => void = () => undefined) {
    this.#repository = repository;
    this.#random = random;
    this.#between = between;
    const times = (count: number, operation: Operation): Operation[] => Array<Operation>(count).fill(operation);
    const branch = (): string => random.pick(['main', 'one', 'two']);
    this.#operations = [
      ...times(9, () => this.#write(this.#newPath())),
      ...times(7, () => this.#edit()),
      ...times(2, () => this.#touch()),
      ...times(4, () => this.#remove()),
      ...times(4, () => this.#rename()),
      ...times(2, () => this.#chmod()),
      ...times(2, () => this.#link()),
      ...times(2, () => this.#swap()),
      ...times(1, () => this.#nested()),
      ...times(3, () => this.#ignoreRules()),
      ...times(1, () => this.#exclude()),
      ...times(1, () => this.#excludesFile()),
      ...times(3, () => this.#hide()),
      ...times(2, () => this.#tree()),
      ...times(6, () => this.#git('add', '--', this.#one())),
      ...times(3, () => this.#git('add', '-A')),
      ...times(1, () => this.#git('add', '-N', '--', this.#one())),
      ...times(2, () => this.#git('add', '-f', '--', this.#one())),
      ...times(2, () => this.#git('rm', '-r', '-q', ...random.pick([[], ['-f'], ['--cached']]), '--', this.#one())),
      ...times(2, () => this.#git('mv', '-k', this.#one(), this.#newPath())),
      ...times(4, () => this.#git('commit', '-q', '-m', `c${++this.#commits}`, ...random.pick([[], ['-a'], ['--amend']]))),
      ...times(2, () => this.#git('checkout', '-q', ...random.pick([[], ['-f']]), branch())),
      ...times(2, () => this.#git('branch', '-f', branch())),
      ...times(1, () => this.#git('checkout', '-q', '--detach')),
      ...times(2, () => this.#git('merge', '-q', '-m', 'm', ...random.pick([[], ['--no-ff'], ['--abort']]), branch())),
      ...times(1, () => this.#git('merge', '--abort')),
      ...times(1, () => this.#git('cherry-pick', branch())),
      ...times(1, () => this.#git('cherry-pick', '--abort')),
      ...times(1, () => this.#git('revert', '--no-edit', 'HEAD')),
      ...times(1, () => this.#git('stash', ...random.pick([['push', '-q'], ['push', '-q', '-u'], ['pop', '-q']]))),
      ...times(2, () => this.#git('reset', '-q', random.pick(['--hard', '--mixed', '--soft']), random.pick(['HEAD', 'HEAD~1']))),
      ...times(1, () => this.#git('checkout', '-q', '--', this.#one())),
      ...times(1, () => this.#git('clean', '-fdq', ...random.pick([[], ['-x']]))),
      ...times(1, () => this.#git('update-index', random.pick(['--assume-unchanged', '--no-assume-unchanged']), this.#one())),
      ...times(1, () => this.#git('gc', '-q')),
      ...times(1, () => this.#git('pack-refs', '--all')),
      ...times(1, () => this.#git('config', 'some.key', String(random.below(9)))),
      ...times(1, () => this.#git('update-index', '-q', '--refresh')),
    ]; // prettier-ignore
  }

  begin(): void {
    for (let i = 0; i < 12; i++) this.#tried(() => this.#write(this.#newPath()));
    this.#repository.commit('first');
    for (const name of ['one', 'two']) this.#repository.git('branch', name);
  }

  step(): void {
    this.#tried(this.#random.pick(this.#operations));
  }

  #tried(operation: () => void): void {
    try {
      operation();
    } catch (error) {
      // Paths come and go: an operation on one that is not there does nothing, as one below a file.
      if ((error as { code?: string }).code === undefined) throw error;
      this.log.push(`  ${(error as Error).message}`);
    }
  }

  #git(...args: readonly string[]): void {
    const code = this.#repository.try(...args);
    this.log.push(`git ${args.join(' ')} -> ${String(code)}`);
  }

  #at(name: string): string {
    return path.join(this.#repository.root, name);
  }

  #newPath(): string {
    return path.posix.join(this.#random.pick(DIRECTORIES), this.#random.pick(NAMES));
  }

  /** Everything that is there: files, links, directories. */
  #all(): string[] {
    const found: string[] = [];
    const visit = (directory: string): void => {
      for (const item of fs.readdirSync(this.#at(directory), { withFileTypes: true })) {
        if (item.name === '.git') continue;
        const name = path.posix.join(directory, item.name);
        found.push(name);
        if (item.isDirectory()) visit(name);
      }
    };
    visit('');
    return found;
  }

  #one(): string {
    return this.#random.chance(0.8) ? this.#random.pick([...this.#all(), 'none']) : this.#newPath();
  }

  #content(): string {
    const lines = this.#random.below(12);
    return Array.from({ length: lines }, (_, i) => `line ${i} ${this.#random.below(3)}\n`).join('');
  }

  #write(name: string, content = this.#content()): void {
    this.log.push(`write ${name}`);
    this.#repository.write(name, content, this.#clock++);
  }

  #edit(): void {
    const name = this.#one();
    if (!fs.lstatSync(this.#at(name)).isFile()) return;
    const old = fs.readFileSync(this.#at(name), 'utf8');
    // Half of the edits keep the size.
    this.#write(
      name,
      this.#random.chance(0.5) ? old.replace(/\d/, digit => String((Number(digit) + 1) % 10)) : `${old}more\n`,
    );
  }

  #touch(): void {
    const name = this.#one();
    this.log.push(`touch ${name}`);
    fs.lutimesSync(this.#at(name), this.#clock, this.#clock++);
  }

  #remove(): void {
    const name = this.#one();
    this.log.push(`remove ${name}`);
    fs.rmSync(this.#at(name), { recursive: true });
  }

  #rename(): void {
    const [from, to] = [this.#one(), this.#newPath()];
    this.log.push(`rename ${from} ${to}`);
    fs.mkdirSync(path.dirname(this.#at(to)), { recursive: true });
    fs.renameSync(this.#at(from), this.#at(to));
  }

  #chmod(): void {
    const name = this.#one();
    if (!fs.lstatSync(this.#at(name)).isFile()) return;
    this.log.push(`chmod ${name}`);
    fs.chmodSync(this.#at(name), this.#random.pick([0o644, 0o755]));
  }

  #link(): void {
    const name = this.#newPath();
    this.log.push(`link ${name}`);
    fs.rmSync(this.#at(name), { recursive: true, force: true });
    fs.mkdirSync(path.dirname(this.#at(name)), { recursive: true });
    fs.symlinkSync(this.#random.pick(['a', 'dir', '../b', 'nowhere']), this.#at(name));
  }

  /** A file becomes a directory, or the other way around. */
  #swap(): void {
    const name = this.#one();
    this.log.push(`swap ${name}`);
    const wasFile = !fs.lstatSync(this.#at(name)).isDirectory();
    fs.rmSync(this.#at(name), { recursive: true });
    if (wasFile) this.#write(`${name}/${this.#random.pick(NAMES)}`);
    else this.#write(name);
  }

  #nested(): void {
    const name = path.posix.join(this.#random.pick(DIRECTORIES), 'nested');
    this.log.push(`nested ${name}`);
    if (fs.existsSync(this.#at(`${name}/.git`))) fs.rmSync(this.#at(`${name}/.git`), { recursive: true });
    else this.#git('init', '-q', this.#at(name));
    if (this.#random.chance(0.5)) this.#write(`${name}/inside`);
  }

  #ignoreRules(): void {
    const name = path.posix.join(this.#random.pick(DIRECTORIES), '.gitignore');
    if (this.#random.chance(0.3)) {
      this.log.push(`remove ${name}`);
      fs.rmSync(this.#at(name));
      return;
    }
    const lines = Array.from({ length: 1 + this.#random.below(3) }, () => this.#random.pick(IGNORE_LINES));
    this.log.push(`rules ${JSON.stringify(lines)}`);
    this.#write(name, `${lines.join('\n')}\n`);
  }

  /** A directory is ignored for a while, and changes meanwhile. Git may ask in between. */
  #hide(): void {
    const directories = this.#all().filter(name => fs.lstatSync(this.#at(name)).isDirectory());
    if (directories.length === 0) return;
    const directory = this.#random.pick(directories);
    const [parent, name] = [path.posix.dirname(directory), path.posix.basename(directory)];
    const [file, line] = this.#random.pick([
      [path.posix.join(parent, '.gitignore'), `/${name}`],
      ['.gitignore', `/${directory}/`],
      ['.git/info/exclude', `/${directory}`],
      [EXCLUDES, name],
    ] as const);
    const old = fs.existsSync(this.#at(file)) ? fs.readFileSync(this.#at(file), 'utf8') : undefined;
    const ask = (): void => {
      if (this.#random.chance(0.3)) this.#git('status');
      else if (this.#random.chance(0.7)) this.#between();
    };
    this.log.push(`hide ${directory} by ${file}`);
    fs.writeFileSync(this.#at(file), `${old ?? ''}\n${line}\n`);
    ask();
    for (const at of this.#all().filter(each => each.startsWith(`${directory}/`))) {
      if (!fs.existsSync(this.#at(at)) || this.#random.chance(0.4)) continue;
      this.log.push(`  remove ${at}`);
      fs.rmSync(this.#at(at), { recursive: true });
    }
    if (this.#random.chance(0.5)) this.#write(path.posix.join(directory, this.#newPath()));
    ask();
    if (this.#random.chance(0.2)) return;
    this.log.push('  show');
    if (old === undefined) fs.rmSync(this.#at(file));
    else fs.writeFileSync(this.#at(file), old);
  }

  #excludesFile(): void {
    if (this.#random.chance(0.3)) {
      this.#git('config', '--unset', 'core.excludesFile');
      return;
    }
    const line = this.#random.pick(IGNORE_LINES);
    this.log.push(`excludesFile ${line}`);
    fs.writeFileSync(this.#at(EXCLUDES), `${line}\n`);
    this.#git('config', 'core.excludesFile', this.#at(EXCLUDES));
  }

  #exclude(): void {
    const line = this.#random.pick([...IGNORE_LINES, '', '']);
    this.log.push(`exclude ${line}`);
    fs.writeFileSync(this.#at('.git/info/exclude'), `${line}\n`);
  }

  #tree(): void {
    const top = this.#newPath();
    this.log.push(`tree ${top}`);
    for (const name of ['one', 'sub/two', 'sub/x.o']) this.#write(`${top}/${name}`);
  }
}
