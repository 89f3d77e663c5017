// Every decoder on mutated inputs: each ends in a result or in a QuicksilverError, soon, and without much memory. A long
// run is `npm run fuzz:decoders`; what it finds is kept in test/fixtures/hostile and tried here again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixtures } from '../../fuzz/decoderInputs.ts';
import { DECODERS } from '../../fuzz/decoders.ts';
import { fuzz, problemOf } from '../../fuzz/fuzzer.ts';
import { seedFromEnvironment } from '../../support/random.ts';

const MUTATIONS = 1000;
/** This one has been tried before: it shows that the inputs are worth something. */
const FIXED_SEED = 1;
const FIXED_MUTATIONS = 300;
const newSeed = seedFromEnvironment('QUICKSILVER_FUZZ_SEED');

describe(`mutations, seeds ${FIXED_SEED} and ${newSeed}`, () => {
  for (const decoder of DECODERS) {
    test(decoder.name, async () => {
      for (const seed of [FIXED_SEED, newSeed]) {
        const { failures, accepted } = await fuzz(decoder, seed === FIXED_SEED ? FIXED_MUTATIONS : MUTATIONS, seed);
        const told = failures.map(
          ({ what, index, bytes }) => `${what}: seed ${seed}, mutation ${index}: ${bytes.toString('base64', 0, 3000)}`,
        );
        assert.deepEqual(told, []);
        // Inputs of which none is right would not come far. Another seed may draw fewer.
        if (seed === FIXED_SEED) assert.ok(accepted > FIXED_MUTATIONS / 100, `${accepted} accepted`);
      }
    });
  }
});

describe('inputs that were once too much', () => {
  for (const decoder of DECODERS) {
    for (const { file, bytes } of fixtures('hostile', decoder.name)) {
      test(`${decoder.name}: ${file}`, () => assert.equal(problemOf(decoder, bytes), undefined));
    }
  }
});
