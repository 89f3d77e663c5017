// Keeps the process of a test running.
import type { TestContext } from 'node:test';

/** Watches keep no process running, and there need not be anything else. */
export function keepRunning(t: TestContext): void {
  const running = setInterval(() => undefined, 60_000);
  t.after(() => clearInterval(running));
}
