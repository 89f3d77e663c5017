// Runs in the graph's page: answers it as the extension does, about changesets that follow one another.
/* global sessionStorage */
/* eslint-disable no-unused-vars -- graphWindow.ts calls it in the page */
function installHost(count) {
  /** The row where each text is as long as it can be. */
  const CROWDED = 6;
  const LONG = 'a_name_without_any_space_that_is_longer_than_a_narrow_side_bar_has_room_for';
  const node = row => (count - row).toString(16).padStart(40, '0');
  const rowOf = text => (text === undefined ? undefined : count - Number.parseInt(text, 16));
  const changeset = row => ({
    node: node(row),
    revision: count - 1 - row,
    summary: row === CROWDED ? `Change ${row}, ${LONG}` : `Change ${row}`,
    branch: row === CROWDED ? `branch-${LONG}` : row % 7 === 0 ? 'stable' : 'default',
    user: row === CROWDED ? `Ann of ${LONG} <ann@example.org>` : 'Ann Lee <ann@example.org>',
    time: 1_700_000_000 - row * 60,
    timezone: 0,
    closesBranch: row % 50 === 9,
    parents: [count - 2 - row],
    phase: row < 3 ? 'draft' : row < 5 ? 'secret' : 'public',
    tags: row === 2 ? ['v1'] : row === CROWDED ? ['tip', `tag-${LONG}`] : [],
    bookmarks: row === 0 ? ['mark'] : row === CROWDED ? [`mark-${LONG}`] : [],
    instabilities: row === 1 ? ['orphan'] : [],
    isObsolete: row === 4,
    isHidden: false,
    isWorkingParent: row === 0,
    column: row % 3,
    color: row % 8,
  });
  const answer = message => globalThis.postMessage(message, '*');
  const rowsOf = (first, wanted) => {
    const rows = Array.from({ length: Math.min(wanted, count - first) }, (_, at) => changeset(first + at));
    const edges = rows.flatMap((_, at) => {
      const row = first + at;
      return [row, row + 1, row % 3, row % 3, (row + 1) % 3, row % 8];
    });
    return { first, rows, edges };
  };
  const answers = {
    ready: ({ anchor, node: selected, other, before, count: wanted }) => ({
      answer: rowsOf(Math.max(0, (rowOf(anchor) ?? 0) - before), wanted),
      type: 'opened',
      view: 1,
      rows: count,
      width: 3,
      workingParents: [0],
      working: 'Working Copy · 3 changes · default',
      filter: 'Current Branch and Drafts',
      status: `${count} changesets`,
      selected: rowOf(selected) ?? 0,
      node: selected,
      other: rowOf(other),
      anchor: rowOf(anchor) ?? 0,
    }),
    rows: ({ view, first, count: wanted }) => ({ type: 'rows', view, answer: rowsOf(first, wanted) }),
    details: ({ node: shown }) => {
      const row = rowOf(shown);
      const folder = row === CROWDED ? `${LONG}/${LONG}/` : '';
      const files = ['modified', 'added'].map(status => {
        const path = `${folder}${status}.txt`;
        return { path, shownPath: path, status };
      });
      const description = row === CROWDED ? `A message\n${LONG.repeat(3)}` : 'A message';
      const parents = [changeset(row + 1)];
      return {
        type: 'details',
        answer: { row: changeset(row), description, parents, children: [], files, total: 5 },
      };
    },
    find: ({ words }) => ({
      type: 'found',
      words,
      found: [changeset(CROWDED), changeset(7), changeset(8)],
      isLast: true,
    }),
  };
  const sent = [];
  globalThis.sent = sent;
  globalThis.acquireVsCodeApi = () => ({
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
    setState: state => sessionStorage.setItem('state', JSON.stringify(state)),
    postMessage: message => {
      sent.push(message);
      const make = answers[message.type];
      if (make !== undefined) answer(make(message));
    },
  });
}
