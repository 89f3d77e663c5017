// Random things that people and programs do to a working copy: file operations of every kind, and hg commands.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { HgServer } from './hgServer.ts';
import type { Random } from './random.ts';

const NAMES = [
  'a',
  'b',
  'c',
  'd.txt',
  'e.c',
  'f.h',
  'Makefile',
  'x y',
  'z.o',
  'README',
  'a.bak',
  'é',
  '[x]',
  'ab',
  'A1',
  'new\nline',
];
const DIRECTORIES = [
  '',
  '',
  'dir',
  'dir/sub',
  'sub',
  'deep/er/est',
  'deep/er/est/yet',
  'a.i',
  'x y',
  'build',
  'build/out',
];
const IGNORE_LINES = [
  'syntax: glob', 'syntax: regexp', 'syntax: rootglob', '*.o', '*.bak', '^dir/', 'glob:dir/**.c', 're:\\.h$', 'rootglob:sub',
  '# comment', 'dir/sub', 'x y', '.*\\.txt', 'rootglob:*.txt', 'deep/**', '{a,b}', 'glob:[ab]', '(?i)makefile', 'sub/',
  'build', 'glob:build/', 're:e$', 'glob:**/er', 'include:extra.ignore', 'subinclude:dir/.hgignore', 'glob:\\*.o',
]; // prettier-ignore

type Operation = () => unknown;

export class RandomChanges {
  readonly log: string[] = [];
  readonly #root: string;
  readonly #random: Random;
  readonly #hg: HgServer;
  readonly #files: Operation[];
  readonly #commands: Operation[];
  #commits = 0;
  /** Far enough apart for a change within one size to be visible to every hg, which compares whole seconds. */
  #clock = 1_500_000_000;

  constructor(root: string, random: Random, hg: HgServer) {
    this.#root = root;
    this.#random = random;
    this.#hg = hg;
    const times = (count: number, operation: Operation): Operation[] => Array<Operation>(count).fill(operation);
    this.#files = [
      ...times(8, () => this.#write()),
      ...times(6, () => this.#edit()),
      ...times(2, () => this.#touch()),
      ...times(3, () => this.#remove()),
      ...times(4, () => this.#rename()),
      ...times(2, () => this.#chmod()),
      ...times(2, () => this.#link()),
      ...times(3, () => this.#swap()),
      ...times(1, () => this.#nested()),
      ...times(2, () => this.#ignoreRules()),
      ...times(2, () => this.#tree()),
    ];
    this.#commands = [
      ...times(5, () => this.#run('add', ...this.#some())),
      ...times(3, () => this.#run('addremove', '-q')),
      ...times(3, () => this.#run('rm', ...random.pick([[], ['-f'], ['-A']]), ...this.#one())),
      ...times(2, () => this.#run('forget', ...this.#one())),
      ...times(4, () =>
        this.#run(random.pick(['mv', 'cp']), ...random.pick([[], ['-f'], ['-A']]), ...this.#one(), this.#newPath()),
      ),
      ...times(8, () => this.#commit()),
      ...times(6, () => this.#update()),
      ...times(3, () => this.#run('merge', '-q', '--tool', random.pick([':merge', ':fail', ':local', ':other']))),
      ...times(2, () => this.#run('resolve', '-q', random.pick(['-m', '-u']), '--all')),
      ...times(3, () =>
        this.#run('revert', '-q', ...random.pick([['--all'], ['--all', '-C'], ['--all', '-r', 'p1(.)']])),
      ),
      ...times(1, () => this.#run('branch', '-q', '-f', `branch${random.below(3)}`)),
      ...times(1, () => this.#run('bookmark', '-f', `mark${random.below(3)}`)),
      ...times(1, () =>
        this.#run(
          'rebase',
          '-q',
          '--tool',
          ':fail',
          ...random.pick([['-d', 'min(head())'], ['--abort'], ['--continue']]),
        ),
      ),
      ...times(1, () =>
        this.#run(
          ...random.pick([
            ['shelve', '-q'],
            ['unshelve', '-q', '--tool', ':fail'],
            ['unshelve', '--abort'],
          ]),
        ),
      ),
      ...times(1, () => this.#run('debugsetparents', random.pick(['null', 'tip']))),
      ...times(2, () => this.#run('status')),
    ];
  }

  /** One random operation; what it did is appended to the log. */
  async step(): Promise<void> {
    await this.#random.pick(this.#random.chance(0.65) ? this.#files : this.#commands)();
  }

  /** Files to begin with, committed. */
  async begin(): Promise<void> {
    for (let i = 0; i < 25; i++) this.#write();
    this.#link();
    await this.#run('addremove', '-q');
    await this.#commit();
  }

  /** Removes whatever is at a path, if something is. */
  removeAt(relative: string): void {
    const parts = relative.split('/');
    for (let i = 1; i < parts.length; i++) {
      if (!fs.lstatSync(this.#at(parts.slice(0, i).join('/')), { throwIfNoEntry: false })?.isDirectory()) return;
    }
    fs.rmSync(this.#at(relative), { recursive: true, force: true });
  }

  #at(relative: string): string {
    return path.join(this.#root, relative);
  }

  /** Everything below the root but `.hg`, links not followed, in a stable order. */
  #walk(): { files: string[]; directories: string[] } {
    const files: string[] = [];
    const directories: string[] = [];
    const pending = [''];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const items = fs.readdirSync(this.#at(at), { withFileTypes: true });
      for (const item of items.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (item.name === '.hg') continue;
        const relative = at === '' ? item.name : `${at}/${item.name}`;
        if (item.isDirectory()) {
          directories.push(relative);
          pending.push(relative);
        } else {
          files.push(relative);
        }
      }
    }
    return { files, directories };
  }

  #one(): string[] {
    const { files } = this.#walk();
    return files.length === 0 ? ['path:nothing'] : [`path:${this.#random.pick(files)}`];
  }

  #some(): string[] {
    return this.#random.chance(0.4) ? [] : this.#one();
  }

  #newPath(): string {
    const directory = this.#random.pick(DIRECTORIES);
    const name = this.#random.pick(NAMES);
    return directory === '' ? name : `${directory}/${name}`;
  }

  #content(): string {
    const lines = this.#random.below(7);
    return Array.from({ length: lines }, (_, i) => `line ${i} ${this.#random.below(3)}\n`).join('');
  }

  /** True if the path's directory is there afterwards; false if a file or a link is in the way. */
  #ensure(relative: string): boolean {
    const parts = relative.split('/').slice(0, -1);
    for (let i = 1; i <= parts.length; i++) {
      const stat = fs.lstatSync(this.#at(parts.slice(0, i).join('/')), { throwIfNoEntry: false });
      if (stat && !stat.isDirectory()) return false;
    }
    fs.mkdirSync(this.#at(parts.join('/')), { recursive: true });
    return true;
  }

  #write(): void {
    const relative = this.#newPath();
    if (!this.#ensure(relative)) return;
    const at = this.#at(relative);
    const stat = fs.lstatSync(at, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return;
    if (stat && !stat.isFile()) fs.unlinkSync(at);
    fs.writeFileSync(at, this.#content());
    this.#age(at);
    this.log.push(`write ${relative}`);
  }

  /** Gives a file a time of its own, some seconds from every other. */
  #age(at: string): void {
    this.#clock += 7;
    fs.utimesSync(at, this.#clock, this.#clock);
  }

  #edit(): void {
    const at = this.#pickFile();
    if (at === undefined) return;
    const old = fs.readFileSync(this.#at(at));
    const kind = this.#random.below(4);
    const content =
      kind === 0 ? Buffer.concat([old, Buffer.from('more\n')])
      : kind === 1 ? old.subarray(0, Math.max(0, old.length - 1))
      : kind === 2 ? Buffer.from(old.map(byte => byte ^ 1))
      : old; // prettier-ignore
    fs.writeFileSync(this.#at(at), content);
    this.#age(this.#at(at));
    this.log.push(`edit ${at} (${old.length} -> ${content.length})`);
  }

  #pickFile(): string | undefined {
    const files = this.#walk().files.filter(file => fs.lstatSync(this.#at(file)).isFile() && !file.endsWith('ignore'));
    return files.length === 0 ? undefined : this.#random.pick(files);
  }

  #touch(): void {
    const file = this.#pickFile();
    if (file === undefined) return;
    this.#age(this.#at(file));
    this.log.push(`touch ${file}`);
  }

  #remove(): void {
    const { files, directories } = this.#walk();
    const all = this.#random.chance(0.25) ? directories : files;
    if (all.length === 0) return;
    const relative = this.#random.pick(all);
    fs.rmSync(this.#at(relative), { recursive: true });
    this.log.push(`remove ${relative}`);
  }

  #rename(): void {
    const { files, directories } = this.#walk();
    const all = this.#random.chance(0.5) ? directories : files;
    const target = this.#newPath();
    if (all.length === 0 || !this.#ensure(target)) return;
    const relative = this.#random.pick(all);
    try {
      fs.renameSync(this.#at(relative), this.#at(target));
      this.log.push(`rename ${relative} -> ${target}`);
    } catch (error) {
      // A directory cannot go into itself or replace one that is not empty.
      this.log.push(`rename ${relative} -> ${target}: ${String(error)}`);
    }
  }

  #chmod(): void {
    const file = this.#pickFile();
    if (file === undefined) return;
    const mode = this.#random.pick([0o644, 0o755, 0o600, 0o700, 0o654]);
    fs.chmodSync(this.#at(file), mode);
    this.log.push(`chmod ${mode.toString(8)} ${file}`);
  }

  #link(): void {
    const relative = this.#newPath();
    if (!this.#ensure(relative)) return;
    const stat = fs.lstatSync(this.#at(relative), { throwIfNoEntry: false });
    if (stat?.isDirectory()) return;
    if (stat) fs.unlinkSync(this.#at(relative));
    fs.symlinkSync(this.#random.pick(['a', 'dir', 'nowhere', '../x', 'dir/sub', '.']), this.#at(relative));
    this.log.push(`link ${relative}`);
  }

  #swap(): void {
    const { files, directories } = this.#walk();
    const all = [...files, ...directories];
    if (all.length === 0) return;
    const relative = this.#random.pick(all);
    const at = this.#at(relative);
    fs.rmSync(at, { recursive: true });
    // hg itself would wait for ever for somebody to write ignore rules into a fifo.
    const kind = relative.endsWith('ignore') ? 0 : this.#random.below(5);
    if (kind === 0) fs.writeFileSync(at, this.#content());
    else if (kind === 1) fs.symlinkSync('dir', at);
    else if (kind === 2) execFileSync('mkfifo', [at]);
    else {
      fs.mkdirSync(at);
      if (kind === 3) fs.writeFileSync(path.join(at, 'inner'), 'inner\n');
    }
    this.log.push(`swap ${relative} for ${['a file', 'a link', 'a fifo', 'a directory', 'an empty directory'][kind]!}`);
  }

  #nested(): void {
    const relative = this.#random.pick(['nested', 'dir/nested', 'sub']);
    if (!this.#ensure(`${relative}/n1`)) return;
    const control = this.#at(`${relative}/.hg`);
    if (fs.lstatSync(control, { throwIfNoEntry: false })) {
      fs.rmSync(control, { recursive: true });
      this.log.push(`no longer nested ${relative}`);
      return;
    }
    if (this.#random.chance(0.7)) fs.mkdirSync(control);
    else fs.writeFileSync(control, '');
    if (!fs.lstatSync(this.#at(`${relative}/n1`), { throwIfNoEntry: false }))
      fs.writeFileSync(this.#at(`${relative}/n1`), '');
    this.log.push(`nested ${relative}`);
  }

  #ignoreRules(): void {
    const relative = this.#random.pick(['.hgignore', '.hgignore', '.hgignore', 'extra.ignore', 'dir/.hgignore']);
    if (!this.#ensure(relative)) return;
    const stat = fs.lstatSync(this.#at(relative), { throwIfNoEntry: false });
    if (stat && !stat.isFile()) fs.rmSync(this.#at(relative), { recursive: true });
    if (stat && this.#random.chance(0.15)) {
      fs.rmSync(this.#at(relative), { force: true });
      this.log.push(`remove ${relative}`);
      return;
    }
    const usable = relative === '.hgignore' ? IGNORE_LINES : IGNORE_LINES.filter(line => !line.includes('include'));
    const lines = Array.from({ length: 1 + this.#random.below(4) }, () => this.#random.pick(usable));
    fs.writeFileSync(this.#at(relative), lines.join('\n') + '\n');
    this.log.push(`${relative} := ${JSON.stringify(lines)}`);
  }

  /** Makes a new tree with files in it, which no watcher reports completely. */
  #tree(): void {
    const base = `${this.#random.pick(DIRECTORIES)}/tree${this.#random.below(4)}`.replace(/^\//, '');
    for (const relative of [`${base}/one/two/three/file`, `${base}/one/other.o`, `${base}/four/five`]) {
      if (!this.#ensure(relative)) return;
      const stat = fs.lstatSync(this.#at(relative), { throwIfNoEntry: false });
      if (stat && !stat.isFile()) return;
      fs.writeFileSync(this.#at(relative), this.#content());
    }
    this.log.push(`tree ${base}`);
  }

  #commit(): Promise<unknown> {
    this.#commits++;
    const extra = this.#random.pick([[], [], ['-A'], ['--amend'], this.#one()]);
    return this.#run('commit', '-q', '-m', `commit ${this.#commits}`, '-d', `${this.#commits} 0`, ...extra);
  }

  #update(): Promise<unknown> {
    const target = this.#random.pick([
      'tip',
      'null',
      'min(head())',
      'p1(.)',
      `limit(reverse(all()), 1, ${this.#random.below(6)})`,
    ]);
    return this.#run('update', '-q', ...this.#random.pick([[], ['-C'], ['-C'], ['-m']]), '-r', target);
  }

  async #run(...args: string[]): Promise<void> {
    const answer = await this.#hg.run(...args);
    this.log.push(`hg ${args.join(' ')} -> ${answer.code} ${answer.errors.trim().slice(-120)}`);
  }
}
