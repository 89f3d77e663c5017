// The shared server in the doctor's report.
import { toDisplay } from '../base/bytePath.ts';
import { askServer } from '../daemon/shortClient.ts';
import type { Variables } from '../daemon/runtimeDirectory.ts';
import type { ModelFacts, ServerFacts } from './daemon/info.ts';

/** A report has time. */
const REPORT_MS = 1000;

/** Returns one sentence about the user's server, and if it follows this root. */
export async function sharedServerSentence(root: string, variables: Variables): Promise<string> {
  const asked = await askServer('info', {}, variables, REPORT_MS, REPORT_MS);
  if (asked.kind === 'absent') return 'no shared server runs';
  if (asked.kind === 'silent' || asked.answer.kind !== 'info') return 'the shared server does not answer';
  const [first, ...others] = asked.answer.fields.map(field => JSON.parse(toDisplay(field)) as unknown);
  const server = first as ServerFacts;
  const models = others as ModelFacts[];
  const own = models.find(model => model.root === root);
  const megabytes = Math.round(server.residentBytes / (1 << 20));
  const about =
    own === undefined
      ? 'it does not follow this repository'
      : `it follows this repository for ${own.users} users with ${own.watches} watches` +
        `${own.allWatched ? '' : ', not all directories'}${own.polled ? ', without exact answers' : ''}`;
  return (
    `the shared server has version ${server.version}, process ${server.process}, ${megabytes} MB, ` +
    `${models.length} repositories; ${about}`
  );
}
