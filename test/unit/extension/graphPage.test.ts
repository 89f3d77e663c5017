// The graph's page in a browser: accessible in every theme, everything by keyboard, and the place kept over a reload.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { GraphWindow, hasChromium, THEMES, type Theme } from '../../support/graphWindow.ts';

const COUNT = 500_000;
const skip = hasChromium ? false : 'Chromium is not installed';
let opened: GraphWindow | undefined;
let graph: GraphWindow;

before(async () => {
  if (hasChromium) graph = opened = await GraphWindow.open(COUNT);
});
after(async () => {
  await opened?.close();
});

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const nodeOf = (row: number): string => (COUNT - row).toString(16).padStart(40, '0');

async function violations(): Promise<string[]> {
  const { violations: found } = await graph.run<{ violations: readonly Violation[] }>('axe.run()');
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

test('the first rows come with the graph', { skip }, async () => {
  const { page } = graph;
  assert.deepEqual(
    (await graph.messages()).map(({ type }) => type),
    ['ready', 'selected'],
  );
  await graph.run(`document.getElementById('list').scrollTop = 250_000 * 22 + 5`);
  await page.locator('#row-250003').click();
  await page.reload();
  await page.locator('#row-250003.selected').waitFor();
  assert.deepEqual(
    (await graph.messages()).map(({ type }) => type),
    ['ready', 'selected'],
    'also where it was left',
  );
});

test('the page has no fault of accessibility, in any theme', { skip }, async () => {
  const { page } = graph;
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  await page.locator('#find').fill('ann');
  await page.keyboard.press('Enter');
  await page.locator('#found li').nth(1).waitFor();
  await page.locator('#list').focus();
  await page.keyboard.press(' ');
  await page.locator('#details .files li').first().waitFor();
  for (const theme of Object.keys(THEMES) as Theme[]) {
    await graph.setTheme(theme);
    assert.deepEqual(await violations(), [], theme);
  }
  await page.locator('#find').focus();
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#found').isVisible(), false);
  await page.keyboard.press(' ');
});

test('each key does its work', { skip }, async () => {
  const { page } = graph;
  const selected = async (): Promise<string | null> => page.locator('#list').getAttribute('aria-activedescendant');
  await page.locator('#list').focus();
  const steps: readonly (readonly [string, string])[] = [
    ['Home', 'row-0'],
    ['ArrowDown', 'row-1'],
    ['ArrowDown', 'row-2'],
    ['ArrowUp', 'row-1'],
    ['p', 'row-2'],
    ['c', 'row-1'],
    ['.', 'row-0'],
  ];
  for (const [key, row] of steps) {
    await page.keyboard.press(key);
    assert.equal(await selected(), row, key);
  }
  await page.keyboard.press('Enter');
  assert.equal((await graph.messages()).at(-1)?.type, 'open');
  for (const shown of [/^Enter: open changes\n/, /^$/]) {
    await page.keyboard.press('?');
    assert.match((await page.locator('#keys').textContent()) ?? '', shown);
  }
  assert.deepEqual(JSON.parse((await page.locator('#list').getAttribute('data-vscode-context')) ?? ''), {
    ...{ webviewSection: 'changeset', node: COUNT.toString(16).padStart(40, '0'), phase: 'draft' },
    preventDefaultContextMenuItems: true,
  });
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  assert.deepEqual(await graph.run(`[...document.querySelectorAll('.selected')].map(({ id }) => id)`), [
    'row-0',
    'row-2',
  ]);
  await page.keyboard.press('End');
  await page.locator(`#row-${COUNT - 1}.selected`).waitFor();
  await page.keyboard.press('Home');
  await page.locator('#row-0.selected').waitFor();
});

test('a key builds no more rows than come into view', { skip }, async () => {
  const { page } = graph;
  await page.locator('#list').focus();
  await page.keyboard.press('Home');
  await page.locator('#row-0.selected').waitFor();
  await graph.run(`{
    globalThis.built = 0;
    const count = changes => { for (const { addedNodes } of changes) built += addedNodes.length; };
    new MutationObserver(count).observe(document.getElementById('space'), { childList: true });
  }`);
  for (let key = 0; key < 10; key++) await page.keyboard.press('ArrowDown');
  await page.locator('#row-10.selected').waitFor();
  assert.equal(await graph.run('built'), 0, 'all of them are there already');
  assert.ok((await page.locator('.row').count()) < 120);
});

test('selection and place outlive a reload', { skip }, async () => {
  const { page } = graph;
  await graph.run(`document.getElementById('list').scrollTop = 400_000 * 22 + 5`);
  await page.locator('#row-400003').waitFor();
  await page.locator('#row-400003').click();
  await page.locator('#row-400003.selected').waitFor();
  const place = async (): Promise<unknown> =>
    graph.run(`[document.getElementById('list').scrollTop, document.querySelector('.selected')?.id]`);
  const shown = await place();
  await page.reload();
  await page.locator('#row-400003.selected').waitFor();
  assert.deepEqual(await place(), shown);
  const [ready] = await graph.messages();
  assert.deepEqual([ready?.type, ready?.node], ['ready', nodeOf(400_003)]);
});

test('a place without a click outlives a reload', { skip }, async () => {
  const { page } = graph;
  const reload = async (row: number): Promise<void> => {
    await page.locator(`#row-${row}`).waitFor();
    const top = await graph.run<number>(`document.getElementById('list').scrollTop`);
    await page.reload();
    await page.locator(`#row-${row}`).waitFor();
    assert.equal(await graph.run(`document.getElementById('list').scrollTop`), top);
  };
  await graph.run(`document.getElementById('list').scrollTop = 123_456 * 22 + 7`);
  await reload(123_458);
  const told = async (): Promise<unknown> => {
    const { node, other } = (await graph.messages()).findLast(({ type }) => type === 'selected')!;
    return [node, other];
  };
  await page.locator('#list').focus();
  for (const [key, row] of [
    ['End', COUNT - 1],
    ['Home', 0],
  ] as const) {
    await page.keyboard.press(key);
    await page.locator(`#row-${row}.selected`).waitFor();
    assert.deepEqual(await told(), [nodeOf(row), undefined], key);
    await reload(row);
    await page.locator(`#row-${row}.selected`).waitFor();
    assert.deepEqual(await told(), [nodeOf(row), undefined], `${key}, and a reload`);
    await page.locator('#list').focus();
  }
});

test('two selected changesets stay while the list shows others', { skip }, async () => {
  const { page } = graph;
  await page.locator('#list').focus();
  await page.keyboard.press('Home');
  await page.locator('#row-0.selected').waitFor();
  await page.keyboard.press('Shift+ArrowDown');
  await graph.run(`document.getElementById('list').scrollTop = 200_000 * 22`);
  await page.locator('#row-200003').waitFor();
  await page.reload();
  await page.locator('#row-200003').waitFor();
  await graph.run(`document.getElementById('list').scrollTop = 100_000 * 22`);
  await page.locator('#row-100003').waitFor();
  const { node, other } = (await graph.messages()).findLast(({ type }) => type === 'selected')!;
  assert.deepEqual([node, other], [nodeOf(1), nodeOf(0)]);
  await page.reload();
  await page.locator('#row-100003').waitFor();
  const [ready] = await graph.messages();
  assert.deepEqual([ready?.node, ready?.other], [nodeOf(1), nodeOf(0)]);
});

test('the menu of two selected changesets leaves both selected', { skip }, async () => {
  const { page } = graph;
  const selected = async (): Promise<unknown> =>
    graph.run(`[...document.querySelectorAll('.selected')].map(({ id }) => id).sort()`);
  await page.locator('#list').focus();
  await page.keyboard.press('Home');
  await page.locator('#row-0.selected').waitFor();
  await page.locator('#row-1').click();
  await page.locator('#row-3').click({ modifiers: ['Control'] });
  for (const row of [1, 3]) {
    await page.locator(`#row-${row}`).click({ button: 'right' });
    assert.deepEqual(await selected(), ['row-1', 'row-3']);
  }
  const { node, other } = (await graph.messages()).findLast(({ type }) => type === 'selected')!;
  assert.deepEqual([node, other], [nodeOf(3), nodeOf(1)]);
  await page.locator('#row-5').click({ button: 'right' });
  assert.deepEqual(await selected(), ['row-5'], 'the menu of another changeset is for that');
});

test('progress leaves the place alone, and an empty graph says why', { skip }, async () => {
  const { page } = graph;
  await graph.run(`document.getElementById('list').scrollTop = 300_000 * 22`);
  await page.locator('#row-300001').waitFor();
  const post = async (message: object): Promise<void> => graph.run(`postMessage(${JSON.stringify(message)}, '*')`);
  await post({ type: 'progress', status: 'Reading branches: 40 %', working: 'Working Copy · 4 changes' });
  await page.locator('#status', { hasText: '40 %' }).waitFor();
  assert.equal(await page.locator('#working').textContent(), 'Working Copy · 4 changes');
  assert.equal(await graph.run(`document.getElementById('list').scrollTop`), 300_000 * 22);
  const none = 'No changeset matches the filter.';
  const opened = { type: 'opened', view: 2, rows: 0, width: 0, workingParents: [], selected: 0, anchor: 0 };
  await post({ ...opened, status: '0 changesets', working: 'Working Copy', filter: 'Drafts', none });
  await page.locator('#none', { hasText: none }).waitFor();
  assert.equal(await page.locator('.row').count(), 0);
  assert.equal(await page.locator('#filter').getAttribute('aria-label'), 'Filter Graph… Drafts');
  await page.reload();
  await page.locator('.row').first().waitFor();
  assert.equal(await graph.run('document.activeElement.id'), 'list', 'the keys are for the list at once');
});

test('another repository has other details, and nothing that was found', { skip }, async () => {
  const { page } = graph;
  const post = async (message: object): Promise<void> => graph.run(`postMessage(${JSON.stringify(message)}, '*')`);
  await page.locator('#find').fill('ann');
  await page.keyboard.press('Enter');
  await page.locator('#found li').nth(1).waitFor();
  await page.locator('#list').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press(' ');
  await page.locator('#details .files li').first().waitFor();
  await post({ type: 'forget' });
  await page.locator('#found').waitFor({ state: 'hidden' });
  assert.deepEqual([await page.locator('#find').inputValue(), await page.locator('#details').textContent()], ['', '']);
  const opened = { type: 'opened', view: 3, rows: 3, width: 1, workingParents: [], selected: 1, anchor: 0 };
  await post({ ...opened, status: '3 changesets', working: 'Working Copy', filter: 'All' });
  await page.locator('#details .files li').first().waitFor();
  await post({ type: 'problem', message: 'It cannot be read.', isWithoutGraph: false });
  await page.locator('#none', { hasText: 'It cannot be read.' }).waitFor();
  assert.equal(await page.locator('.row').count(), 3);
  await post({ type: 'problem', message: 'It cannot be read.', isWithoutGraph: true });
  await page.locator('.row').first().waitFor({ state: 'detached' });
  assert.equal(await page.locator('#status').textContent(), '');
  await page.reload();
  await page.locator('.row').first().waitFor();
});

test('a narrow side bar shows the summaries, and nothing beside the page', { skip }, async () => {
  const { page } = graph;
  await page.setViewportSize({ width: 250, height: 400 });
  await page.locator('.row .author').first().waitFor({ state: 'hidden' });
  const [summary, shown, scrolled] = await graph.run<number[]>(`[
    document.querySelector('.summary').getBoundingClientRect().width,
    document.documentElement.clientWidth,
    document.documentElement.scrollWidth,
  ]`);
  assert.ok(summary! > 80, String(summary));
  assert.equal(scrolled, shown);
});
