// A random history for lists of changesets: heads, merges, branches that are closed, tags, bookmarks, phases, and
// markers of rewriting that need not make sense. Files hardly matter.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { HgServer } from './hgServer.ts';
import type { Random } from './random.ts';

/** Settings for the command server that {@link RandomDag} needs. */
export const DAG_CONFIG: readonly string[] = ['experimental.evolution=createmarkers', 'ui.allowemptycommit=1'];

export class RandomDag {
  readonly #root: string;
  readonly #hg: HgServer;
  readonly #random: Random;
  /** Nodes, hexadecimal, in their order. */
  nodes: string[] = [];

  constructor(root: string, hg: HgServer, random: Random) {
    this.#root = root;
    this.#hg = hg;
    this.#random = random;
  }

  /** Makes about `count` changesets, and then names, phases and markers. */
  async grow(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      if (this.nodes.length > 1 && this.#random.chance(0.4)) await this.#goElsewhere();
      if (this.nodes.length > 3 && this.#random.chance(0.25)) await this.#merge();
      await this.#commit(i);
    }
    await this.#read();
  }

  /** Names, phases and markers. */
  async decorate(): Promise<void> {
    const { nodes } = this;
    for (let i = 0; i < 3; i++) {
      const revision = this.#random.pick(nodes);
      const name = this.#random.pick(['one', 'two', 'größe', 'with space']);
      if (this.#random.chance(0.5)) await this.#hg.run('tag', '-f', '-r', revision, name, '-d', '0 0');
      else await this.#hg.run('tag', '-l', '-f', '-r', revision, `local ${name}`);
      await this.#hg.run('bookmark', '-f', '-r', this.#random.pick(nodes), `@${name}`);
    }
    await this.#read();
    if (this.#random.chance(0.6)) await this.#hg.run('phase', '-p', '-r', String(this.#random.below(nodes.length)));
    if (this.#random.chance(0.5)) await this.#hg.run('phase', '-s', '-f', '-r', this.#random.pick(nodes));
  }

  /** Records changesets as rewritten, at random. */
  async rewrite(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const successors = Array.from({ length: this.#random.below(3) }, () =>
        this.#random.chance(0.15) ? this.#unknown() : this.#random.pick(this.nodes),
      );
      const predecessor = this.#random.chance(0.15) ? this.#unknown() : this.#random.pick(this.nodes);
      // Without cycles, of which Mercurial makes something else each time.
      if (successors.some(successor => successor <= predecessor)) continue;
      const flags = this.#random.chance(0.15) ? ['--flags', '1'] : [];
      await this.#hg.run('debugobsolete', ...flags, predecessor, ...successors);
    }
  }

  /** One of few nodes that no changeset has. */
  #unknown(): string {
    return String(1 + this.#random.below(3)).repeat(40);
  }

  async #goElsewhere(): Promise<void> {
    const to = this.#random.chance(0.05) ? 'null' : this.#random.pick(this.nodes.slice(-8));
    await this.#hg.run('update', '-q', '-C', '-r', to);
  }

  async #merge(): Promise<void> {
    await this.#hg.run('merge', '-q', '-f', '-r', this.#random.pick(this.nodes.slice(-8)), '--tool', ':local');
    await this.#hg.run('resolve', '-q', '-m', '-a');
  }

  async #commit(step: number): Promise<void> {
    if (this.#random.chance(0.2)) {
      await this.#hg.run('branch', '-q', '-f', this.#random.pick(['default', 'stable', 'größe']));
    }
    fs.writeFileSync(path.join(this.#root, `f${this.#random.below(5)}`), `${step}\n`);
    const close = this.#random.chance(0.1) ? ['--close-branch'] : [];
    const user = this.#random.pick(['Ann <ann@example.org>', 'Bob', 'größe']);
    const message = this.#random.pick(['Fix it\n\nmore', 'größe', 'one line']) + ` ${step}`;
    await this.#hg.run('commit', '-q', '-A', '-m', message, '-u', user, '-d', `${step * 1000} ${step * 60}`, ...close);
    const { output } = await this.#hg.run('log', '-r', 'tip', '-T', '{node}');
    if (output !== '' && output !== this.nodes.at(-1)) this.nodes.push(output);
  }

  async #read(): Promise<void> {
    const { output } = await this.#hg.run('log', '--hidden', '-r', 'all()', '-T', '{node} ');
    this.nodes = output.split(' ').filter(Boolean);
  }
}
