// The rendered window, compared with what it should show. Nothing is compared where the window cannot be read.
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { hasUi, ui } from './harness.ts';

/** Colours that workspaces give to file decorations, as the window computes them. */
export const shownColors = {
  modified: 'rgb(160, 16, 0)',
  untracked: 'rgb(0, 160, 32)',
  missing: 'rgb(48, 0, 160)',
  ignored: 'rgb(64, 80, 96)',
} as const;

export interface ExpectedWindow {
  /** The labels of all rows in the Source Control view. */
  readonly sourceControl?: readonly string[];
  /** The number on the Source Control icon, which is the sum over all repositories; there is none for 0. */
  readonly badge?: number;
  /** The texts of the source controls' items, without icons. */
  readonly statusBar?: readonly string[];
  /** "letter: color" of these rows of the Explorer; folders must be expanded first. */
  readonly explorer?: Readonly<Record<string, string>>;
}

/** Milliseconds in which the window must show what the extension has said. */
const patience = 120_000;

/** Waits until the window shows this, and nothing else in these places. */
export async function assertInWindow(expected: ExpectedWindow): Promise<void> {
  if (!hasUi()) return;
  const { sourceControl, badge, statusBar, explorer } = expected;
  if (badge === 0) await assertBecomes(async () => (await ui.badge()) ?? '', '');
  else if (badge !== undefined) assert.equal(await ui.badge({ until: badge }), String(badge));
  if (sourceControl !== undefined) await assertBecomes(() => ui.sourceControlRows(), sourceControl);
  if (statusBar !== undefined) {
    const read = async (): Promise<string[]> => {
      const items = await ui.statusBarItems();
      return items.filter(({ id }) => id.startsWith('status.scm')).map(({ text }) => withoutIcons(text));
    };
    await assertBecomes(read, statusBar);
  }
  if (explorer !== undefined) {
    const read = async (): Promise<Record<string, string>> => {
      const rows = await ui.explorerRows();
      const asked = rows.filter(({ name }) => name in explorer);
      return Object.fromEntries(asked.map(({ name, letter, color }) => [name, `${withoutIcons(letter)}: ${color}`]));
    };
    await assertBecomes(read, explorer);
  }
}

/** The window has no event for what is drawn, so it is read again and again; each reading takes its time there. */
async function assertBecomes<Value>(read: () => Promise<Value>, expected: Value): Promise<void> {
  const end = performance.now() + patience;
  let shown = await read();
  while (!isDeepStrictEqual(shown, expected) && performance.now() < end) shown = await read();
  assert.deepEqual(shown, expected);
}

/** Icons are characters of a font in Unicode's private use area. */
function withoutIcons(text: string): string {
  return text
    .replace(/[\ue000-\uf8ff]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
