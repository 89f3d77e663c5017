// Runs of random operations, and what is left of one that fails: the operations that it takes, as a file.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Random } from '../../support/random.ts';
import type { Operation } from './operations.ts';
import { RandomOperations } from './randomOperations.ts';
import { shrink } from './shrink.ts';
import { emptyTally, HgHasNoAnswer, World, type Format, type HgServers, type Tally } from './world.ts';

/** A recorded run. */
export interface Recording {
  /** What it shows, in a sentence. */
  readonly about: string;
  /** The first version of hg whose answer is followed, major and minor. Default: any. */
  readonly since?: readonly [number, number];
  readonly format: Format;
  readonly operations: readonly Operation[];
}

export interface Failure {
  readonly seed: number;
  readonly format: Format;
  /** From 1. */
  readonly step: number;
  readonly operations: readonly Operation[];
  readonly error: Error;
}

export interface RunOptions {
  readonly seed: number;
  readonly format: Format;
  readonly steps: number;
  readonly servers: HgServers;
  /** False when there is no time left. */
  readonly mayGoOn?: () => boolean;
}

export interface RunResult {
  readonly tally: Tally;
  readonly steps: number;
  readonly failure: Failure | undefined;
  /** Why the run ended before all was done, if nothing failed. */
  readonly abandoned: string | undefined;
}

/** Where recordings of defects that were found live on, as tests. */
export const FIXTURES = path.join(import.meta.dirname, '../../fixtures/fuzz');

/** The operations between two checks: mostly one, now and then so many that they are seen as one change. */
const OPERATIONS = [1, 1, 1, 2, 3, 8];

/** One repository, from nothing, through so many steps or to the first difference. */
export async function randomRun(options: RunOptions): Promise<RunResult> {
  const { seed, format, servers, mayGoOn = () => true } = options;
  return withWorld(format, servers, async world => {
    const random = new Random(seed);
    const draw = new RandomOperations(random, () => world.root, format === 'v2');
    const operations: Operation[] = [];
    const perform = async (operation: Operation): Promise<void> => {
      operations.push(operation);
      await world.perform(operation);
    };
    let step = 0;
    try {
      for (const operation of draw.begin()) await perform(operation);
      while (step < options.steps && mayGoOn()) {
        step++;
        for (let i = random.pick(OPERATIONS); i > 0; i--) for (const operation of draw.next()) await perform(operation);
        const before = world.tally.aborted + world.tally.refused;
        await perform(draw.check());
        if (world.tally.aborted + world.tally.refused === before || random.chance(0.3)) continue;
        for (const operation of draw.mend()) await perform(operation);
      }
    } catch (error) {
      if (error instanceof HgHasNoAnswer)
        return { tally: world.tally, steps: step, failure: undefined, abandoned: error.message };
      if (!(error instanceof Error)) throw error;
      return {
        tally: world.tally,
        steps: step,
        failure: { seed, format, step, operations, error },
        abandoned: undefined,
      };
    }
    return { tally: world.tally, steps: step, failure: undefined, abandoned: undefined };
  });
}

/** Performs recorded operations. Throws where ours is not the answer of hg. */
export async function replay(recording: Pick<Recording, 'format' | 'operations'>, servers: HgServers): Promise<Tally> {
  return withWorld(recording.format, servers, async world => {
    for (const operation of recording.operations) await world.perform(operation);
    return world.tally;
  });
}

/** The operations that it takes for the run to fail; undefined if it does not fail when it is repeated. */
export async function minimize(
  failure: Failure,
  servers: HgServers,
  mayGoOn: () => boolean,
): Promise<readonly Operation[] | undefined> {
  const fails = async (operations: readonly Operation[]): Promise<boolean> => {
    try {
      await replay({ format: failure.format, operations }, servers);
      return false;
    } catch (error) {
      return !(error instanceof HgHasNoAnswer);
    }
  };
  // Most failures need no check but the last.
  const last = failure.operations.at(-1)!;
  const rest = failure.operations.filter(operation => operation.op !== 'check');
  for (const operations of [[...rest, last], failure.operations]) {
    if (await fails(operations)) return shrink(operations, fails, mayGoOn);
  }
  return undefined;
}

/** Writes a recording and answers the path of the file. */
export function writeRecording(directory: string, name: string, recording: Recording): string {
  fs.mkdirSync(directory, { recursive: true });
  const file = path.join(directory, `${name}.json`);
  const { operations, ...rest } = recording;
  const lines = operations.map(operation => `    ${asAscii(JSON.stringify(operation))}`);
  const head = JSON.stringify(rest, undefined, 2).replace(/\n\}$/, '');
  fs.writeFileSync(file, `${head},\n  "operations": [\n${lines.join(',\n')}\n  ]\n}\n`);
  return file;
}

export function readRecording(file: string): Recording {
  const recording: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
  assert.ok(typeof recording === 'object' && recording !== null && 'operations' in recording, file);
  return recording as Recording;
}

export function addTally(sum: Tally, tally: Tally): void {
  for (const key of Object.keys(emptyTally()) as (keyof Tally)[]) sum[key] += tally[key];
}

function asAscii(json: string): string {
  return json.replace(/[\x7f-\uffff]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

let worlds = 0;

async function withWorld<T>(format: Format, servers: HgServers, use: (world: World) => Promise<T>): Promise<T> {
  const base = path.join(os.tmpdir(), `quicksilver-fuzz-${process.pid}-${++worlds}`);
  const world = await World.create(base, format, servers);
  try {
    return await use(world);
  } finally {
    world.dispose();
  }
}
