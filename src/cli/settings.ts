// Settings of Mercurial's configuration and environment for showing a status.
import type { Configuration } from './configuration.ts';
import type { CommandIo } from './io.ts';
import { isPlain } from './plain.ts';

export interface DisplaySettings {
  /** True if ui.tweakdefaults is on. */
  readonly isTweaked: boolean;
  /** Hide untracked files; write changesets and dates short. */
  readonly quiet: boolean;
  /** Write changesets and users long. */
  readonly verbose: boolean;
  /** Write changesets with all that is recorded. */
  readonly debug: boolean;
  /** Add the state of an unfinished operation. */
  readonly moreStatus: boolean;
  /** Show the sources of copies without a request. */
  readonly copies: boolean;
  /** The letters of statuses that are abbreviated by directory, without an option. */
  readonly terse: string;
  /** True if paths are shown from the current directory; 'legacy': if paths were given. */
  readonly relative: boolean | 'legacy';
  /** As `relative`, for messages about paths. */
  readonly relativeMessages: boolean;
  /** Between the components of paths that are shown. */
  readonly separator: string;
}

/**
 * Returns the settings for the options --quiet and --verbose. Under HGPLAIN or HGPLAINEXCEPT, whatever the value,
 * settings that would surprise a script do not count; ui.relative-paths does. Throws 'invalid-config' for a value that
 * is no boolean.
 */
export function displaySettings(
  config: Configuration,
  io: CommandIo,
  flags: ReadonlySet<string> = new Set(),
): DisplaySettings {
  const plain = isPlain(io);
  const isTweaked = !isPlain(io, 'tweakdefaults') && config.boolean('ui', 'tweakdefaults', false);
  const setting = (section: string, name: string, fallback = false): boolean =>
    plain ? fallback : config.boolean(section, name, fallback);
  // Options replace the configuration. Quiet and verbose together are neither, as in Mercurial.
  const asked = (name: string): boolean =>
    flags.has('quiet') || flags.has('verbose') ? flags.has(name) : setting('ui', name);
  const quiet = asked('quiet') && !asked('debug');
  const verbose = asked('verbose') || asked('debug');
  const relativePaths =
    (config.get('ui', 'relative-paths')?.value ?? (isTweaked ? 'yes' : 'legacy')) === 'legacy'
      ? 'legacy'
      : config.boolean('ui', 'relative-paths', isTweaked);
  const own = plain || config.get('commands', 'status.relative') === undefined ? undefined : 'status.relative';
  return {
    isTweaked,
    quiet: quiet && !verbose,
    verbose: verbose && !quiet,
    debug: asked('debug'),
    moreStatus: !plain && (setting('commands', 'status.verbose', isTweaked) || (verbose && !quiet)),
    copies: setting('ui', 'statuscopies', isTweaked),
    terse: plain ? '' : (config.get('commands', 'status.terse')?.value ?? ''),
    relative: own === undefined ? relativePaths : config.boolean('commands', own, false),
    relativeMessages: relativePaths !== false,
    separator: io.platform === 'win32' && !setting('ui', 'slash') ? '\\' : '/',
  };
}
