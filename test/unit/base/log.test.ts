import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loggerOf } from '../../../src/base/log.ts';
import { RecordingLogger } from '../../support/recordingLogger.ts';

test('warnings and errors name the folder that they are about, once', () => {
  const all = new RecordingLogger();
  const logger = loggerOf('/repo', all);
  logger.warn('a.txt cannot be read');
  logger.error('/repo/a.txt cannot be read');
  logger.info('a.txt');
  logger.trace('a.txt');
  assert.deepEqual(all.lines, [
    'warn: /repo: a.txt cannot be read',
    'error: /repo/a.txt cannot be read',
    'info: a.txt',
    'trace: a.txt',
  ]);
});
