import assert from 'node:assert/strict';
import * as path from 'node:path';
import { test } from 'node:test';
import { startWorker } from '../../../src/extension/engine/engineTransport.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { temporaryDirectory } from '../../support/temporaryDirectory.ts';

test("the engine's thread keeps little of what is made and forgotten again, whatever other limits it has", async t => {
  const directory = temporaryDirectory(t);
  directory.write(
    'limits.cjs',
    "const w = require('node:worker_threads'); w.parentPort.postMessage(w.resourceLimits);",
  );
  for (const limits of [undefined, { maxOldGenerationSizeMb: 100 }]) {
    const engine = startWorker(path.join(directory.root, 'limits.cjs'), silentLogger, limits);
    // The thread ends by itself, perhaps before its message is read.
    const ended = new Promise<void>(resolve => engine.onDidEnd(() => resolve()));
    const told = await new Promise<unknown>(resolve => engine.reader.listen(resolve));
    const { maxYoungGenerationSizeMb, maxOldGenerationSizeMb } = told as Record<string, number>;
    assert.equal(maxYoungGenerationSizeMb, 12);
    if (limits !== undefined) assert.equal(maxOldGenerationSizeMb, 100);
    engine.terminate();
    await ended;
  }
});
