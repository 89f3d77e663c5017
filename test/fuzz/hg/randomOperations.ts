// Draws operations: what people and programs do to a working copy, in an order that nobody would think of. What is drawn
// depends on what is there; what is returned does not.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Random } from '../../support/random.ts';
import { randomIgnoreFile } from './ignoreGrammar.ts';
import { randomContent, randomDirectory, randomPath } from './names.ts';
import { isRegularFile, walk, type Edit, type Operation } from './operations.ts';

/** Files that rules are read from. A fifo in their place would make hg wait for ever. */
const RULE_FILES = ['.hgignore', '.hgignore', '.hgignore', 'extra.ignore', 'dir/.hgignore'];
const isSafe = (name: string): boolean => !/(?:ignore|\.hgsub|\.hgsubstate|\.hgtags)$/.test(name);

const IGNORED_BY_CONFIG = [
  'extra.ignore',
  'dir/.hgignore',
  'missing',
  '$HOME/missing',
  '~/missing',
  '../outside.ignore',
  'a',
];

const UPGRADES = ['format.use-dirstate-v2=yes', 'format.use-dirstate-v2=no'];

/** Tools that leave conflicts, and those that do not. */
const TOOLS = [':merge', ':fail', ':local', ':other', ':merge3', ':union'];

type Draw = () => Operation[];

export class RandomOperations {
  readonly #random: Random;
  readonly #root: () => string;
  readonly #files: readonly Draw[];
  readonly #commands: readonly Draw[];
  readonly #mixesPolicies: boolean;
  #commits = 0;
  /** In the past, so that hg trusts what it records. */
  #clock = 1_500_000_000;
  #places = 0;

  /**
   * @param root where operations will be performed, at the time
   * @param mixesPolicies whether some commands are to be run by hg with its C modules, others without
   */
  constructor(random: Random, root: () => string, mixesPolicies: boolean) {
    this.#random = random;
    this.#root = root;
    this.#mixesPolicies = mixesPolicies;
    this.#files = [
      ...times(8, () => [this.#write()]),
      ...times(7, () => this.#edit()),
      ...times(2, () => this.#onFile(at => ({ op: 'touch', path: at, ...this.#time() }))),
      ...times(2, () => this.#onFile(at => ({ op: 'chmod', path: at, mode: random.pick([0o644, 0o755, 0o600, 0o700, 0o654]) }))),
      ...times(3, () => this.#onAny(at => [{ op: 'remove', path: at }])),
      ...times(4, () => this.#onAny(at => [{ op: 'rename', path: at, to: randomPath(random) }])),
      ...times(2, () => [{ op: 'link', path: randomPath(random), target: random.pick(['a', 'dir', 'nowhere', '../x', 'dir/sub', '.', '\xe9']) }]),
      ...times(3, () => this.#swap()),
      ...times(1, () => this.#nested()),
      ...times(2, () => this.#ignoreRules()),
      ...times(1, () => this.#config()),
      ...times(2, () => this.#tree()),
    ]; // prettier-ignore
    this.#commands = [
      ...times(5, () => [this.#hg('add', ...(random.chance(0.4) ? [] : this.#one()))]),
      ...times(3, () => [this.#hg('addremove', '-q', '-s', random.pick(['0', '50', '100']))]),
      ...times(3, () => [this.#hg('rm', ...random.pick([[], ['-f'], ['-A']]), ...this.#one())]),
      ...times(2, () => [this.#hg('forget', ...this.#one())]),
      ...times(4, () => [this.#hg(random.pick(['mv', 'cp']), ...random.pick([[], ['-f'], ['-A']]), ...this.#one(), `path:${randomPath(random)}`)]),
      ...times(8, () => [this.#commit()]),
      ...times(6, () => [this.#update()]),
      ...times(4, () => [this.#hg('merge', '-q', '--tool', random.pick(TOOLS), '-r', this.#revision())]),
      ...times(3, () => [this.#hg('resolve', '-q', random.pick(['-m', '-u', '-m']), ...random.pick([['--all'], this.#one()]))]),
      ...times(3, () => [this.#hg('revert', '-q', ...random.pick([['--all'], ['--all', '-C'], ['--all', '-r', 'p1(.)'], ['-C', ...this.#one()]]))]),
      ...times(1, () => [this.#hg('branch', '-q', '-f', `branch${random.below(3)}`)]),
      ...times(1, () => [this.#hg('bookmark', ...random.pick([['-f'], ['-f', '-i'], ['-d']]), `mark${random.below(3)}`)]),
      ...times(2, () => [this.#hg('rebase', '-q', '--tool', random.pick(TOOLS), ...random.pick([['-d', 'min(head())'], ['-s', '.', '-d', '0'], ['--abort'], ['--continue']]))]),
      ...times(2, () => [this.#hg('graft', '-q', '--tool', random.pick(TOOLS), ...random.pick([['-r', this.#revision()], ['--abort'], ['--continue'], ['--stop']]))]),
      ...times(1, () => [this.#hg('backout', '-q', '--tool', random.pick(TOOLS), '-r', this.#revision(), '-m', 'back', '-d', '0 0')]),
      ...times(2, () => [this.#hg(...random.pick([['shelve', '-q'], ['shelve', '-q', '--keep'], ['unshelve', '-q', '--tool', ':fail'], ['unshelve', '-q', '--tool', ':other'], ['unshelve', '--abort'], ['unshelve', '--continue']]))]),
      ...times(1, () => [this.#hg('strip', '-q', '-f', ...random.pick([[], ['--keep']]), '-r', this.#revision())]),
      ...times(1, () => [this.#hg('debugsetparents', random.pick(['null', 'tip']))]),
      ...times(1, () => [this.#hg('debugrebuilddirstate', ...random.pick([[], ['--minimal']]))]),
      ...times(1, () => [this.#hg('debugupgraderepo', '--run', '--no-backup', '-q', '--config', random.pick(UPGRADES))]),
      ...times(1, () => this.#share()),
      ...times(1, () => this.#subrepository()),
      ...times(2, () => [this.#hg('status')]),
    ]; // prettier-ignore
  }

  /** Files to begin with, committed. */
  begin(): Operation[] {
    const operations: Operation[] = Array.from({ length: 25 }, () => this.#write());
    operations.push({ op: 'link', path: 'link', target: 'a' }, this.#hg('addremove', '-q'), this.#commit());
    return operations;
  }

  /** One thing that somebody does, in one or more operations. */
  next(): Operation[] {
    return this.#random.pick(this.#random.chance(0.65) ? this.#files : this.#commands)();
  }

  check(): Operation {
    const count = this.#random.chance(0.5) ? 1 + this.#random.below(2) : 0;
    const paths = Array.from({ length: count }, () => this.#anything() ?? randomPath(this.#random));
    return { op: 'check', paths, locked: this.#random.chance(0.4) };
  }

  /** What puts the rules and the configuration right again, after which hg answers whatever was wrong with them. */
  mend(): Operation[] {
    return ['.hgignore', 'extra.ignore', 'dir/.hgignore', '.hg/hgrc'].map(at => ({ op: 'remove', path: at }));
  }

  #hg(...args: string[]): Operation {
    return { op: 'hg', args, ...(this.#mixesPolicies && this.#random.chance(0.3) && { policy: 'c' as const }) };
  }

  /** Mostly some seconds from every other time; now and then within the second of the last one, or the present. */
  #time(): { time?: number } {
    const kind = this.#random.below(10);
    if (kind < 2) return {};
    if (kind < 4) return { time: Math.floor(this.#clock) + this.#random.below(1000) / 1000 };
    if (kind === 4) return { time: Math.floor(this.#clock) };
    if (kind === 5 && this.#random.chance(0.1))
      return { time: this.#random.pick([0, 1, 0x7fffffff, 0x80000000 + 1_500_000_000]) };
    this.#clock += 7;
    return { time: this.#clock };
  }

  #write(): Operation {
    return { op: 'write', path: randomPath(this.#random), content: randomContent(this.#random), ...this.#time() };
  }

  #edit(): Operation[] {
    return this.#onFile(at => {
      const how = this.#random.pick<Edit>(['append', 'cut', 'flip', 'flip', 'same']);
      return { op: 'edit', path: at, how, ...this.#time() };
    });
  }

  /** On a regular file that no rules are read from. */
  #onFile(operation: (at: string) => Operation): Operation[] {
    const files = walk(this.#root()).files.filter(at => isSafe(at) && isRegularFile(this.#root(), at));
    return files.length === 0 ? [] : [operation(this.#random.pick(files))];
  }

  #onAny(operations: (at: string) => Operation[]): Operation[] {
    const at = this.#anything();
    return at === undefined ? [] : operations(at);
  }

  #anything(): string | undefined {
    const { files, directories } = walk(this.#root());
    const from = this.#random.chance(0.3) && directories.length > 0 ? directories : files;
    return from.length === 0 ? undefined : this.#random.pick(from);
  }

  #one(): string[] {
    const at = this.#anything();
    return at === undefined ? ['path:nothing'] : [`path:${at}`];
  }

  #swap(): Operation[] {
    return this.#onAny(at => {
      if (!isSafe(at)) return [{ op: 'remove', path: at }, { op: 'write', path: at, content: '' }];
      const makes: Operation[][] = [
        [{ op: 'write', path: at, content: randomContent(this.#random), ...this.#time() }],
        [{ op: 'link', path: at, target: 'dir' }],
        [{ op: 'fifo', path: at }],
        [{ op: 'write', path: `${at}/inner`, content: 'inner\n' }],
        [{ op: 'mkdir', path: at }],
      ];
      return [{ op: 'remove', path: at }, ...this.#random.pick(makes)];
    }); // prettier-ignore
  }

  #nested(): Operation[] {
    const at = this.#random.pick(['nested', 'dir/nested', 'sub']);
    const control = `${at}/.hg`;
    if (fs.existsSync(path.join(this.#root(), control))) return [{ op: 'remove', path: control }];
    const make: Operation = this.#random.chance(0.7) ? { op: 'mkdir', path: control } : { op: 'write', path: control, content: '' }; // prettier-ignore
    return [{ op: 'write', path: `${at}/n1`, content: '' }, make];
  }

  #ignoreRules(): Operation[] {
    const at = this.#random.pick(RULE_FILES);
    if (this.#random.chance(0.15)) return [{ op: 'remove', path: at }];
    const includes = at === '.hgignore' ? ['include:extra.ignore', 'subinclude:dir/.hgignore', 'include:missing'] : [];
    const { files, directories } = walk(this.#root());
    const names = [...files, ...directories].slice(0, 200);
    return [{ op: 'write', path: at, content: randomIgnoreFile(this.#random, names, includes), ...this.#time() }];
  }

  #config(): Operation[] {
    if (this.#random.chance(0.3)) return [{ op: 'remove', path: '.hg/hgrc' }];
    const lines = ['[ui]'];
    if (this.#random.chance(0.7)) lines.push(`ignore = ${this.#random.pick(IGNORED_BY_CONFIG)}`);
    if (this.#random.chance(0.5)) lines.push(`ignore.more = ${this.#random.pick(IGNORED_BY_CONFIG)}`);
    const other = ['# comment', '%include other.rc', '%unset ignore', 'x =', ' continued', '[defaults]', 'status = -q', '[phases]', 'publish = no'];
    if (this.#random.chance(0.5)) lines.push(this.#random.pick(other));
    if (this.#random.chance(0.04)) lines.push(this.#random.pick(['nonsense', '[open', '= value', '[extensions]\neol =', '[encode]\n*.txt = cat']));
    return [{ op: 'write', path: '.hg/hgrc', content: `${lines.join(this.#random.pick(['\n', '\n', '\r\n']))}\n` }];
  } // prettier-ignore

  /** What no watcher reports whole: a new tree with files in it. */
  #tree(): Operation[] {
    const base = `${randomDirectory(this.#random)}/tree${this.#random.below(4)}`.replace(/^\//, '');
    return ['one/two/three/file', 'one/other.o', 'four/five'].map(name => {
      return { op: 'write', path: `${base}/${name}`, content: randomContent(this.#random) };
    });
  }

  #revision(): string {
    const random = this.#random;
    return random.pick(['tip', 'min(head())', 'max(head())', 'p1(.)', `limit(reverse(all()), 1, ${random.below(6)})`]);
  }

  #commit(): Operation {
    this.#commits++;
    const extra = this.#random.pick([[], [], [], ['-A'], ['--amend'], this.#one(), ['--close-branch'], ['--secret']]);
    return this.#hg('commit', '-q', '-m', `commit ${this.#commits}`, '-d', `${this.#commits} 0`, ...extra);
  }

  #update(): Operation {
    const target = this.#random.chance(0.1) ? 'null' : this.#revision();
    return this.#hg('update', '-q', ...this.#random.pick([[], ['-C'], ['-C'], ['-m']]), '-r', target);
  }

  /** Another working copy of the same history, where things go on; or back. */
  #share(): Operation[] {
    if (this.#random.chance(0.4)) return [{ op: 'enter', place: '' }];
    const place = `share${++this.#places}`;
    const flags = this.#random.pick([[], ['-B'], ['--relative'], ['-U']]);
    const config = this.#random.chance(0.3) ? ['--config', 'format.use-share-safe=no'] : [];
    return [
      { op: 'hg', args: ['share', '-q', ...flags, ...config, '.', `../${place}`] },
      { op: 'enter', place },
    ];
  }

  #subrepository(): Operation[] {
    if (this.#random.chance(0.5)) return this.#missingSubrepository();
    const at = this.#random.pick(['kept', 'dir/kept']);
    const line = this.#random.pick([`${at} = ${at}\n`, `${at} = [git]${at}\n`, `${at} = ../${at}\n`, '']);
    const commit = ['commit', '-q', '-A', '-m', 'in the subrepository', '-d', '0 0'];
    return [
      { op: 'hg', args: ['init', at] },
      { op: 'write', path: `${at}/inside`, content: randomContent(this.#random) },
      { op: 'hg', at, args: commit },
      { op: 'write', path: '.hgsub', content: line },
      ...(this.#random.chance(0.8) ? [this.#hg('add', 'path:.hgsub')] : []),
      ...(this.#random.chance(0.7) ? [this.#commit()] : []),
    ];
  }

  /** Where there are files, tracked and others, and no repository of any kind. Until it goes, commands of hg abort. */
  #missingSubrepository(): Operation[] {
    const at = randomDirectory(this.#random) || 'dir';
    const line = this.#random.chance(0.6) ? `${at} = ${this.#random.pick(['[git]', '[svn]', ''])}${at}\n` : '';
    return [{ op: 'write', path: '.hgsub', content: line }, this.#hg('add', 'path:.hgsub')];
  }
}

function times(count: number, draw: Draw): Draw[] {
  return Array<Draw>(count).fill(draw);
}
