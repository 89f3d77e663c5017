// The graph's page where there is little room: in a narrow side bar, and in a window at 200 % zoom. Nothing is cut off,
// and every control works by keyboard and by mouse.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GraphWindow, hasChromium, type Size } from '../../support/graphWindow.ts';

const skip = hasChromium ? false : 'Chromium is not installed';
/** The row whose texts are all longer than the page is wide. */
const CROWDED = 6;

const ROOMS: Readonly<Record<string, Size>> = {
  'a side bar of 250 pixels': { width: 250, height: 400 },
  'an editor of 900 by 600 pixels at 200 % zoom': { width: 450, height: 300, scale: 2 },
  'a side bar of 500 by 400 pixels at 200 % zoom': { width: 250, height: 200, scale: 2 },
  'the narrowest side bar, at 200 % zoom': { width: 170, height: 250, scale: 2 },
};

/** The boxes that are wider inside than outside. */
const CUT_OFF = `[document.documentElement, ...document.querySelectorAll('main, main > *, #details *, #found *')]
  .filter(each => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
  .filter(each => !each.matches('.unseen, input'))
  .map(each => each.id || each.className || each.localName)`;

/** The element that has the focus, and if it is covered or beside the page. */
const FOCUSED = `(() => {
  const focused = document.activeElement;
  const boxes = [focused, focused.parentElement.closest('#found, #details') ?? focused]
    .map(each => each.getBoundingClientRect());
  const [left, top] = ['left', 'top'].map(side => Math.max(0, ...boxes.map(box => box[side])));
  const right = Math.min(innerWidth, ...boxes.map(box => box.right));
  const bottom = Math.min(innerHeight, ...boxes.map(box => box.bottom));
  const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const isSeen = at !== null && (focused.contains(at) || at.contains(focused));
  return [focused.id || focused.textContent.trim().slice(0, 20), isSeen];
})()`;

for (const [room, size] of Object.entries(ROOMS)) {
  test(`${room} has room for everything`, { skip, timeout: 120_000 }, async () => {
    const graph = await GraphWindow.open(5000, size);
    try {
      await graph.setTheme('dark');
      await hasRoomForAll(graph, size);
    } finally {
      await graph.close();
    }
  });
}

async function hasRoomForAll(graph: GraphWindow, { height }: Size): Promise<void> {
  const { page } = graph;
  assert.deepEqual(await graph.run(CUT_OFF), [], 'at first');

  // Half of the row at least is for the summary and the names before it, and half of that for the summary.
  const summaries = await graph.run<[row: string, summary: number, text: number, all: number][]>(
    `[...document.querySelectorAll('.row')].map(row => [
      row.id,
      row.querySelector('.summary').clientWidth,
      row.querySelector('.text').clientWidth,
      row.clientWidth,
    ])`,
  );
  assert.ok(summaries.length > 3);
  for (const [row, summary, text, all] of summaries) {
    assert.ok(summary >= all * 0.35 && text >= summary * 0.37, `${row}: ${text} of ${summary} of ${all} pixels`);
  }

  await page.locator(`#row-${CROWDED}`).scrollIntoViewIfNeeded();
  await page.locator(`#row-${CROWDED}`).click();
  await page.locator('#details .files li').first().waitFor();
  assert.deepEqual(await graph.run(CUT_OFF), [], 'with details');
  // The list gets smaller with the details, and scrolls in the next frame.
  await graph.run(`new Promise(resolve => {
    const look = () => {
      const [row, list] = ['row-${CROWDED}', 'list'].map(id => document.getElementById(id).getBoundingClientRect());
      if (row.top >= list.top - 1 && row.bottom <= list.bottom + 1) resolve();
      else requestAnimationFrame(look);
    };
    look();
  })`);

  await page.locator('#find').fill('ann');
  await page.keyboard.press('Enter');
  await page.locator('#found li').nth(2).waitFor();
  await page.locator('#help').click();
  assert.match((await page.locator('#keys').textContent()) ?? '', /Last key: last action$/);
  assert.deepEqual(await graph.run(CUT_OFF), [], 'with all that opens');
  if (height >= 250) {
    assert.ok(await graph.run('document.documentElement.scrollHeight <= innerHeight'), 'each part scrolls by itself');
  }

  const controls = page.locator('button:visible, input:visible');
  const count = await controls.count();
  assert.ok(count >= 10, String(count));
  for (let at = 0; at < count; at++) await controls.nth(at).click({ trial: true, timeout: 10_000 });

  await page.locator('#find').focus();
  const seen = new Map<string, boolean>();
  for (let key = 0; key < count + 4; key++) {
    const [name, isSeen] = await graph.run<[string, boolean]>(FOCUSED);
    if (name !== '') seen.set(name, isSeen);
    await page.keyboard.press('Tab');
  }
  for (const name of ['find', 'filter', 'help', 'keys', 'working', 'list', 'details', 'close']) {
    assert.equal(seen.get(name), true, `${name} of ${[...seen.keys()].join(', ')}`);
  }
  assert.deepEqual(
    [...seen].filter(([, isSeen]) => !isSeen),
    [],
  );

  // What is open closes again without a mouse: help, what was found, details.
  for (const [id, shown] of [
    ['keys', 'found'],
    ['found', 'details'],
    ['details', 'list'],
  ] as const) {
    await page.keyboard.press('Escape');
    assert.equal(await page.locator(`#${shown}`).isVisible(), true, `${shown} after Escape`);
    const isClosed = await graph.run(
      `(each => each.hidden || each.textContent === '')(document.getElementById('${id}'))`,
    );
    assert.equal(isClosed, true, `${id} after Escape`);
  }
}
