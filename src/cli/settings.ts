// What Mercurial's configuration and environment say about how a status is shown.
import type { HgConfig } from '../mercurial/config/hgConfig.ts';
import type { CommandIo } from './io.ts';

export interface DisplaySettings {
  /** Leave out files that are not tracked. */
  readonly quiet: boolean;
  /** Tell the sources of copies unasked. */
  readonly copies: boolean;
  /** Whether paths are shown as seen from the current directory; 'legacy': if paths were given. */
  readonly relative: boolean | 'legacy';
  /** As `relative`, for messages about paths. */
  readonly relativeMessages: boolean;
  /** Between the components of paths that are shown. */
  readonly separator: string;
}

/**
 * Reads the settings. With HGPLAIN (or HGPLAINEXCEPT) in the environment, whatever its value, those are left out that
 * would surprise a script; ui.relative-paths is not among them. Throws 'invalid-config' for a value that is no boolean.
 */
export function displaySettings(config: HgConfig, { environment, platform }: CommandIo): DisplaySettings {
  const plain = environment['HGPLAIN'] !== undefined || environment['HGPLAINEXCEPT'] !== undefined;
  const setting = (section: string, name: string): boolean => !plain && config.boolean(section, name, false);
  const quiet = setting('ui', 'quiet');
  const verbose = setting('ui', 'verbose') || setting('ui', 'debug');
  const relativePaths =
    (config.get('ui', 'relative-paths')?.value ?? 'legacy') === 'legacy'
      ? 'legacy'
      : config.boolean('ui', 'relative-paths', false);
  const own = plain || config.get('commands', 'status.relative') === undefined ? undefined : 'status.relative';
  return {
    quiet: quiet && !verbose,
    copies: setting('ui', 'statuscopies'),
    relative: own === undefined ? relativePaths : config.boolean('commands', own, false),
    relativeMessages: relativePaths !== false,
    separator: platform === 'win32' && !setting('ui', 'slash') ? '\\' : '/',
  };
}
