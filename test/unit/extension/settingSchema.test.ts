import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowedValue } from '../../../src/extension/common/settingSchema.ts';
import { createManifest } from '../../../src/extension/contributions/manifest.ts';

test('a value that is not allowed counts as not set, and a number comes into its range', () => {
  const choice = { type: ['boolean', 'string'], default: true, enum: [true, false, 'subFolders'] };
  assert.equal(allowedValue(choice, 'subFolders'), 'subFolders');
  assert.equal(allowedValue(choice, 'elsewhere'), true);
  const count = { type: 'integer', default: 5, minimum: 1, maximum: 10 };
  for (const [given, expected] of [
    [7, 7],
    [7.9, 7],
    [0, 1],
    [11, 10],
    ['7', 5],
    [NaN, 5],
    [null, 5],
    [undefined, 5],
  ] as const) {
    assert.equal(allowedValue(count, given), expected, String(given));
  }
  assert.equal(allowedValue({ type: 'number', default: 0.25, minimum: 0, maximum: 1 }, 0.5), 0.5);
  assert.equal(allowedValue({ type: 'boolean', default: true }, 'false'), true);
  assert.equal(allowedValue({ type: 'string', default: '' }, 3), '');
  assert.deepEqual(allowedValue({ type: 'array', default: ['a'] }, ['b', 1]), ['b']);
  assert.deepEqual(allowedValue({ type: 'array', default: ['a'] }, 'b'), ['a']);
});

test('the default of each setting is allowed', () => {
  const { configuration } = createManifest().contributes as {
    configuration: { properties: Readonly<Record<string, Parameters<typeof allowedValue>[0]>> };
  };
  for (const [name, schema] of Object.entries(configuration.properties)) {
    assert.deepEqual(allowedValue(schema, schema.default), schema.default, name);
  }
});
