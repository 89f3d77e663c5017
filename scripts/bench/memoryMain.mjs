// Opens a small repository and then a large one. Prints the resident memory of this process in bytes: with the small
// one, with both when idle, and the peak in between.
import { setTimeout as delay } from 'node:timers/promises';
import { Engine } from './engine.mjs';

/** Unused memory is released by then. */
const QUIET = 3000;

const [small, large] = process.argv.slice(2);
const engine = new Engine();
await engine.open(small, { watchShare: 0 });
await delay(QUIET);
const idle = process.memoryUsage.rss();
let peak = idle;
const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
const followed = await engine.open(large);
await followed.settle();
await delay(QUIET);
clearInterval(timer);
process.stdout.write(JSON.stringify({ idle, opened: process.memoryUsage.rss(), peak }), () => process.exit());
