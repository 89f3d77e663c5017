// A random history of few files with many lines that move, made by the real program: what annotate has to follow.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { HgServer } from './hgServer.ts';
import type { Random } from './random.ts';

const NAMES = ['a', 'b', 'd/c', 'é'];
const WORDS = ['', ' ', '}', 'x', '  return;', 'one', 'two', 'tab\there', 'end '];

export class RandomEdits {
  readonly #root: string;
  readonly #hg: HgServer;
  readonly #random: Random;
  readonly #repeats: boolean;
  #step = 0;
  /** Changesets so far. */
  count = 0;

  /** @param repeats true for branches that often make the same change, so that they share file revisions */
  constructor(root: string, hg: HgServer, random: Random, repeats = false) {
    this.#root = root;
    this.#hg = hg;
    this.#random = random;
    this.#repeats = repeats;
  }

  /** Makes about `steps` changesets. */
  async grow(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      const choice = this.#random.below(20);
      if (this.#repeats && this.count > 2 && this.#random.chance(0.2)) {
        await this.#repeat();
        continue;
      }
      if (this.count > 2 && choice < 5) await this.#update();
      if (this.count > 3 && choice >= 15) await this.#merge();
      else await this.change();
      await this.#commit();
    }
  }

  /** Changes files of the working copy, without a commit. */
  async change(): Promise<void> {
    this.#step++;
    const files = (await this.#hg.run('files', '-0')).output.split('\0').filter(Boolean).sort();
    for (let i = 1 + this.#random.below(2); i > 0; i--) {
      const fresh = this.#random.pick(NAMES);
      const name = files.length === 0 ? undefined : Buffer.from(this.#random.pick(files), 'latin1').toString('utf8');
      const action = this.#random.below(10);
      if (name === undefined || !fs.existsSync(this.#at(name)) || action === 0) {
        this.#write(fresh, this.#edited([]));
        await this.#hg.run('add', '-q', this.#at(fresh));
      } else if (action === 1 && fresh !== name) await this.#hg.run('mv', '-q', '-f', this.#at(name), this.#at(fresh));
      else if (action === 2 && fresh !== name) await this.#hg.run('cp', '-q', '-f', this.#at(name), this.#at(fresh));
      if (name !== undefined && fs.existsSync(this.#at(name))) this.#write(name, this.#edited(this.#read(name)));
    }
  }

  #edited(lines: readonly string[]): string[] {
    const edited = [...lines];
    for (let i = 1 + this.#random.below(3); i > 0; i--) {
      const at = this.#random.below(edited.length + 1);
      const removed = edited.splice(at, this.#random.below(4));
      const action = this.#random.below(6);
      if (action === 0) edited.splice(this.#random.below(edited.length + 1), 0, ...removed);
      else if (action === 1) edited.splice(at, 0, ...removed.map(line => this.#respaced(line)));
      else edited.splice(at, 0, ...Array.from({ length: this.#random.below(5) }, () => this.#line()));
    }
    return edited.length === 0 ? [this.#line()] : edited;
  }

  #respaced(line: string): string {
    switch (this.#random.below(4)) {
      case 0:
        return `${line} `;
      case 1:
        return ` ${line}`;
      case 2:
        return `${line}\r`;
      default:
        return line.replaceAll(' ', '  ');
    }
  }

  #line(): string {
    return this.#random.chance(0.6) ? this.#random.pick(WORDS) : `line ${this.#random.below(this.#step + 3)}`;
  }

  #at(name: string): string {
    return path.join(this.#root, name);
  }

  #read(name: string): string[] {
    return fs.readFileSync(this.#at(name), 'latin1').split('\n').slice(0, -1);
  }

  #write(name: string, lines: readonly string[]): void {
    fs.mkdirSync(path.dirname(this.#at(name)), { recursive: true });
    const end = this.#random.chance(0.15) ? '' : '\n';
    fs.writeFileSync(this.#at(name), lines.join('\n') + end, 'latin1');
  }

  async #commit(): Promise<void> {
    // All dates are equal, so that equal changes on two branches share a file node.
    const { code } = await this.#hg.run('commit', '-q', '-m', `change ${this.#step}`, '-d', '0 0');
    if (code === 0) this.count++;
  }

  async #update(): Promise<void> {
    const back = this.#random.below(this.#random.chance(0.2) ? this.count : 6);
    await this.#hg.run('update', '-q', '-C', '-r', String(Math.max(0, this.count - 1 - back)));
  }

  /** Makes the change of an earlier changeset again, beside it, and sometimes another one, too. */
  async #repeat(): Promise<void> {
    this.#step++;
    const earlier = String(Math.max(0, this.count - 1 - this.#random.below(8)));
    await this.#hg.run('update', '-q', '-C', '-r', `p1(${earlier})`);
    await this.#hg.run('revert', '-q', '--all', '--no-backup', '-r', earlier);
    if (this.#random.chance(0.3)) await this.change();
    await this.#commit();
  }

  async #merge(): Promise<void> {
    await this.#hg.run('update', '-q', '-C', '-r', '.');
    const other = String(Math.max(0, this.count - 1 - this.#random.below(10)));
    await this.#hg.run('merge', '-q', '-f', '-r', other, '--tool', this.#random.pick([':local', ':other', ':union']));
    await this.#hg.run('resolve', '-q', '-m', '-a');
    if (this.#random.chance(0.3)) await this.change();
  }
}
