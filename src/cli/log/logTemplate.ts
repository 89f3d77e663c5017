// Changesets in the form of a template.
import type { ChangesetLog } from '../../backends/mercurial/commandLine/changesetLog.ts';
import { nameShownIn, type ByteSink } from '../io.ts';
import { CHANGESET_NAMES, changesetNames } from '../template/changesetNames.ts';
import { Template } from '../template/template.ts';
import type { Candidate } from './candidates.ts';
import { unquoted } from './logForm.ts';
import type { LogFormat } from './logWriter.ts';

/** Writes changesets by a template. */
export class LogTemplate {
  readonly #template: Template;
  readonly #model: ChangesetLog;
  readonly #format: LogFormat;
  readonly #shown: (bytes: string) => string;
  readonly #now = Date.now() / 1000;
  #count = 0;

  /** Throws what {@link Template} throws. */
  constructor(source: string, model: ChangesetLog, format: LogFormat, sink: ByteSink) {
    const { config } = model;
    const section = (name: string): ReadonlyMap<string, string> =>
      new Map(config.items(name).map(item => [item.name, item.value]));
    const templates = section('templates');
    const aliases = [...section('templatealias').keys()].map(name => name.replace(/\(.*$/, ''));
    this.#template = new Template(source, {
      known: CHANGESET_NAMES,
      named: name => {
        const value = templates.get(name);
        return value === undefined ? undefined : unquoted(value);
      },
      isAlias: name => aliases.includes(name),
    });
    this.#model = model;
    this.#format = format;
    this.#shown = nameShownIn(sink);
  }

  /** Returns the text of a changeset with its differences. */
  text(candidate: Candidate, indent = 0): string {
    const { changeset } = candidate;
    const names = changesetNames(changeset, this.#model, this.#shown, this.#count++);
    const { patch, stat } = this.#format.diffOf(candidate, indent);
    const own = this.#template.text(names, {
      paint: this.#format.paint,
      now: this.#now,
      shortestId: (node, least) => this.#model.shortestId(node, least),
    });
    return [own, ...[stat, patch].map(text => (text === undefined ? '' : `${text}\n`))].join('');
  }
}
