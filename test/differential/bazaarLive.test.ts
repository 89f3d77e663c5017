// After any sequence of changes, once quiet, the live model equals a full status, which is compared with Breezy's own
// answer elsewhere.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, describe, it } from 'node:test';
import { toDisplay, type BytePath } from '../../src/base/bytePath.ts';
import { BazaarBackend } from '../../src/backends/bazaar/bazaarBackend.ts';
import { bazaarStatus } from '../../src/backends/bazaar/bazaarStatus.ts';
import { BazaarQueries } from '../../src/backends/bazaar/bazaarQueries.ts';
import { bytePath } from '../../src/base/bytePath.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { BazaarSandbox, NEEDS_BRZ, type BazaarTree } from '../support/bazaarSandbox.ts';
import { LiveHarness } from '../support/liveHarness.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';

const FIXED_SEED = 20_260_101;
const ROUNDS = Number(process.env['BZR_LIVE_ROUNDS'] ?? 6);
const OPERATIONS = 5;
const sandbox = new BazaarSandbox();
after(() => sandbox.dispose());

function liveOn(tree: BazaarTree): LiveHarness {
  const environment = { variables: sandbox.environment, homeDirectory: sandbox.base };
  return new LiveHarness(tree.root, { backend: new BazaarBackend(tree.root, { vfs: new Vfs(), environment }) });
}

/** The status of a full run, in the words of the model: one line for each path. */
async function fullStatus(tree: BazaarTree): Promise<string[]> {
  const { changes } = await bazaarStatus(tree.root, {
    vfs: new Vfs(),
    environment: { variables: sandbox.environment, homeDirectory: sandbox.base },
    unknown: true,
    pending: 'no',
  });
  const lines = new Map<BytePath, string>();
  // A path of the working tree has its own status, and a removed one is shown as removed though it is there.
  for (const { fileId, after: now } of changes) if (fileId === undefined) lines.set(now!.path, 'unknown');
  for (const { fileId, before, after: now } of changes) {
    if (fileId !== undefined && now === undefined) lines.set(before!.path, 'removed');
  }
  for (const { fileId, before, after: now, renamed } of changes) {
    if (fileId === undefined || now === undefined) continue;
    const status = now.kind === undefined ? 'deleted' : before === undefined || renamed ? 'added' : 'modified';
    lines.set(now.path, renamed ? `${status} from ${toDisplay(before!.path)}` : status);
  }
  return [...lines].map(([at, status]) => `${toDisplay(at)}: ${status}`).sort();
}

function liveStatus(live: LiveHarness): string[] {
  return [...live.told]
    .filter(([, { status }]) => status !== 'ignored')
    .map(([at, { status, source }]) => {
      const from = source === undefined ? '' : ` from ${toDisplay(source)}`;
      return `${toDisplay(at)}: ${status}${from}`;
    })
    .sort();
}

const NAMES = ['a', 'b', 'dir', 'dir/x', 'dir/sub', 'dir/sub/y', 'new', 'new/z', 'c.o', 'é'];

class Changes {
  readonly log: string[] = [];
  readonly #tree: BazaarTree;
  readonly #random: Random;

  constructor(tree: BazaarTree, random: Random) {
    this.#tree = tree;
    this.#random = random;
  }

  begin(): void {
    for (const name of ['a', 'b', 'dir/x', 'dir/sub/y']) this.#tree.write(name, `${name}\n`);
    this.#brz('add', '-q');
    this.#brz('commit', '-q', '-m', 'first');
  }

  step(): void {
    const random = this.#random;
    const name = random.pick(NAMES);
    const at = path.join(this.#tree.root, name);
    const other = random.pick(NAMES);
    switch (random.below(14)) {
      case 0:
      case 1:
      case 2:
        this.#try(`write ${name}`, () => this.#tree.write(name, `${random.below(3)}\n`));
        break;
      case 3:
        this.#try(`remove ${name}`, () => fs.rmSync(at, { recursive: true }));
        break;
      case 4:
        this.#try(`move ${name} ${other}`, () => fs.renameSync(at, path.join(this.#tree.root, other)));
        break;
      case 5:
        this.#try(`mode ${name}`, () =>
          fs.chmodSync(at, fs.statSync(at).isDirectory() || random.below(2) === 0 ? 0o755 : 0o644),
        );
        break;
      case 6:
        this.#try(`ignore`, () => this.#tree.write('.bzrignore', random.pick(['*.o\n', 'new\n', 'RE:dir/.*\n', ''])));
        break;
      case 7:
        this.#try(`link ${name}`, () => fs.symlinkSync('a', at));
        break;
      case 8:
        this.#brz('add', '-q', ...(random.below(2) === 0 ? [] : [name]));
        break;
      case 9:
        this.#brz('rm', '-q', '--keep', name);
        break;
      case 10:
        this.#brz('mv', '-q', name, other);
        break;
      case 11:
        this.#brz('commit', '-q', '-m', 'more', '--unchanged');
        break;
      case 12:
        this.#brz('revert', '-q', '--no-backup', name);
        break;
      default:
        this.#brz('status', '-q');
    }
  }

  #try(what: string, work: () => void): void {
    try {
      work();
      this.log.push(what);
    } catch (error) {
      this.log.push(`${what}: ${String(error)}`);
    }
  }

  #brz(...args: string[]): void {
    this.log.push(`brz ${args.join(' ')}: ${this.#tree.brz(...args)}`);
  }
}

describe('the live model equals a full status after random changes', NEEDS_BRZ, () => {
  for (const seed of new Set([FIXED_SEED, seedFromEnvironment('BZR_LIVE_SEED')])) {
    it(`seed ${seed} (BZR_LIVE_SEED=${seed} repeats it, BZR_LIVE_ROUNDS=1000 goes on longer)`, async () => {
      const tree = sandbox.init(`r${seed}`);
      const changes = new Changes(tree, new Random(seed));
      changes.begin();
      const live = liveOn(tree);
      try {
        for (let round = 0; round < ROUNDS; round++) {
          for (let i = 0; i < OPERATIONS; i++) changes.step();
          await live.quiet();
          const context = `round ${round}:\n${changes.log.slice(-2 * OPERATIONS).join('\n')}`;
          assert.equal(live.state.kind, 'ready', `${context}\n${JSON.stringify(live.state)}`);
          assert.deepEqual(liveStatus(live), await fullStatus(tree), context);
        }
      } finally {
        live.dispose();
      }
    });
  }
});

it('a merge with a conflict is shown, and a base is read from the store', NEEDS_BRZ, async () => {
  const tree = sandbox.init('merge');
  tree.write('file', 'base\n');
  tree.brz('add', '-q');
  tree.brz('commit', '-q', '-m', 'first');
  const other = path.join(sandbox.base, 'merge-other');
  tree.brz('branch', '-q', tree.root, other);
  fs.writeFileSync(path.join(other, 'file'), 'theirs\n');
  tree.brz('commit', '-q', '-m', 'theirs', other);
  tree.write('file', 'ours\n');
  tree.brz('commit', '-q', '-m', 'ours');
  const live = liveOn(tree);
  try {
    await live.quiet();
    assert.deepEqual(liveStatus(live), []);
    tree.brz('merge', '-q', other);
    await live.quiet();
    assert.deepEqual(liveStatus(live), [
      'file.BASE: unknown',
      'file.OTHER: unknown',
      'file.THIS: unknown',
      'file: modified',
    ]);
    const { snapshot } = live.model;
    assert.equal(snapshot?.head.operation, 'merge');
    assert.deepEqual(
      snapshot.mergeState?.conflicts.map(conflict => conflict.path),
      ['file'],
    );
    const version = new BazaarQueries(new Vfs()).version(snapshot, bytePath('file'), 'base');
    assert.equal(Buffer.from(version.content()).toString(), 'ours\n');
    tree.brz('resolve', '-q', '--all');
    tree.brz('commit', '-q', '-m', 'merged');
    await live.quiet();
    assert.deepEqual(liveStatus(live), []);
    assert.equal(live.model.snapshot?.mergeState, undefined);
  } finally {
    live.dispose();
  }
});
