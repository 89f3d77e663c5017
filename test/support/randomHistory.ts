// A random history made by the real program. Files are edited, moved, copied, made executable or links, and removed. It
// has heads, merges, branches, tags and bookmarks.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { HgServer } from './hgServer.ts';
import type { Random } from './random.ts';

const DIRECTORIES = ['', 'd/', 'd/e/', 'D/', 'd.x/', 'long/way/down/'];
const NAMES = ['a', 'b', 'c', 'f-1', 'f.2', 'é', 'zz'];

export class RandomHistory {
  readonly root: string;
  readonly #hg: HgServer;
  readonly #random: Random;
  #step = 0;
  /** Changesets so far. */
  count = 0;

  constructor(root: string, hg: HgServer, random: Random) {
    this.root = root;
    this.#hg = hg;
    this.#random = random;
  }

  /** Makes about `steps` changesets. */
  async grow(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      const choice = this.#random.below(20);
      if (this.count > 2 && choice < 5) await this.#goElsewhere();
      if (this.count > 3 && choice >= 15) await this.#merge();
      else await this.#change();
      await this.#commit();
      if (this.#random.chance(0.1)) await this.#name();
    }
  }

  /** Paths of the working copy as it is now, and some that may or may not have existed. */
  async somePaths(count: number): Promise<string[]> {
    const files = await this.#files();
    return Array.from({ length: count }, () =>
      files.length > 0 && this.#random.chance(0.7) ? this.#random.pick(files) : this.#newName(),
    );
  }

  /** Makes changes in the working copy, without a commit. */
  async change(): Promise<void> {
    await this.#change();
  }

  async #files(): Promise<string[]> {
    const { output } = await this.#hg.run('files', '-0');
    return Buffer.from(output, 'latin1').toString('utf8').split('\0').filter(Boolean).sort();
  }

  #newName(): string {
    const extra = this.#random.chance(0.3) ? String(this.#random.below(4)) : '';
    return `${this.#random.pick(DIRECTORIES)}${this.#random.pick(NAMES)}${extra}`;
  }

  /** Few different contents, so that the same file node comes from several places. */
  #content(): string {
    return this.#random.chance(0.4)
      ? `${this.#random.below(3)}\n`
      : `${this.#step} ${this.#random.below(1000)}\n`.repeat(1 + this.#random.below(30));
  }

  #at(name: string): string {
    return path.join(this.root, name);
  }

  #isFile(name: string): boolean {
    return fs.lstatSync(this.#at(name), { throwIfNoEntry: false })?.isFile() ?? false;
  }

  #write(name: string, content: string): boolean {
    try {
      fs.mkdirSync(path.dirname(this.#at(name)), { recursive: true });
      if (fs.lstatSync(this.#at(name), { throwIfNoEntry: false })?.isSymbolicLink()) fs.unlinkSync(this.#at(name));
      fs.writeFileSync(this.#at(name), content);
      return true;
    } catch (error) {
      // A directory is in the file's place, or a file in its directory's.
      if (error instanceof Error && 'code' in error) return false;
      throw error;
    }
  }

  async #change(): Promise<void> {
    this.#step++;
    const files = await this.#files();
    const count = files.length < 4 ? 6 : 1 + this.#random.below(4);
    for (let i = 0; i < count; i++) {
      const fresh = this.#newName();
      const name = files.length === 0 ? undefined : this.#random.pick(files);
      const action = this.#random.below(12);
      if (name === undefined || !this.#isFile(name) || action < 3) {
        if (this.#write(fresh, this.#content())) await this.#hg.run('add', '-q', this.#at(fresh));
      } else if (action < 5) this.#write(name, this.#content());
      else if (action < 7) await this.#hg.run('mv', '-q', '-f', this.#at(name), this.#at(fresh));
      else if (action < 9) await this.#hg.run('cp', '-q', '-f', this.#at(name), this.#at(fresh));
      else if (action === 9) await this.#hg.run('rm', '-q', '-f', this.#at(name));
      else if (action === 10) fs.chmodSync(this.#at(name), this.#random.chance(0.5) ? 0o755 : 0o644);
      else {
        fs.unlinkSync(this.#at(name));
        fs.symlinkSync(`to-${this.#random.below(3)}`, this.#at(name));
      }
    }
  }

  async #commit(): Promise<void> {
    if (this.#random.chance(0.08)) {
      await this.#hg.run('branch', '-q', '-f', this.#random.pick(['default', 'stable', 'größe', 'beef']));
    }
    const close = this.#random.chance(0.05) ? ['--close-branch'] : [];
    const { code } = await this.#hg.run(
      'commit',
      '-q',
      '-m',
      `change ${this.#step}`,
      '-d',
      `${this.#step} 0`,
      ...close,
    );
    if (code === 0) this.count++;
  }

  async #goElsewhere(): Promise<void> {
    // Mostly near the tip; now and then to where nothing is, so that a second root comes into being.
    const to = this.#random.chance(0.04)
      ? 'null'
      : String(Math.max(0, this.count - 1 - this.#random.below(this.#random.chance(0.2) ? this.count : 8)));
    await this.#hg.run('update', '-q', '-C', '-r', to);
  }

  async #merge(): Promise<void> {
    await this.#hg.run('update', '-q', '-C', '-r', '.');
    const other = String(Math.max(0, this.count - 1 - this.#random.below(10)));
    await this.#hg.run('merge', '-q', '-f', '-r', other, '--tool', this.#random.pick([':local', ':other', ':union']));
    await this.#hg.run('resolve', '-q', '-m', '-a');
    if (this.#random.chance(0.5)) await this.#change();
  }

  async #name(): Promise<void> {
    const revision = String(this.#random.below(Math.max(1, this.count)));
    const name = this.#random.pick(['one', 'two', 'cafe', 'ba', 'with space', 'größe', 'x-1']);
    switch (this.#random.below(4)) {
      case 0:
        await this.#hg.run('tag', '-q', '-f', '-r', revision, name, '-d', '0 0');
        break;
      case 1:
        await this.#hg.run('tag', '-q', '-f', '-l', '-r', revision, name);
        break;
      case 2:
        await this.#hg.run('tag', '-q', '--remove', name, '-d', '0 0');
        break;
      default:
        await this.#hg.run('bookmark', '-q', '-f', '-r', revision, this.#random.chance(0.3) ? name : `mark ${name}`);
    }
    const { code, output } = await this.#hg.run('log', '-r', 'tip', '-T', '{rev}');
    if (code === 0) this.count = Number(output) + 1;
  }
}
