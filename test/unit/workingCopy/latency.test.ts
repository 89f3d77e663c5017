import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SLICE_MS } from '../../../src/workingCopy/liveModel.ts';
import { PUBLISH_PAUSE_MS } from '../../../src/workingCopy/publication.ts';
import { RETRY_MS } from '../../../src/workingCopy/snapshotLoader.ts';

/** Milliseconds in which the gutter is to follow a commit, without what VS Code takes for itself. */
const PROMISED_MS = 200;

test('all that is waited for between a commit and the gutter is far less than what is promised', () => {
  // An update may have to wait for the pause after the one before; a file that was replaced while it was read is read once
  // more; and work that is under way goes on for a slice. Nothing else on the way waits: neither the server nor the extension.
  assert.ok(PUBLISH_PAUSE_MS + RETRY_MS + SLICE_MS <= PROMISED_MS / 2);
});
