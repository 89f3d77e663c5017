// The environment variables with which a script asks for output that no setting changes.
import type { CommandIo } from './io.ts';

/**
 * True if HGPLAIN or HGPLAINEXCEPT is set, whatever the value. With a feature: if they switch it off. HGPLAINEXCEPT
 * lists features that stay on. See `hg help environment`.
 */
export function isPlain({ environment }: Pick<CommandIo, 'environment'>, feature?: string): boolean {
  const except = environment['HGPLAINEXCEPT'];
  if (environment['HGPLAIN'] === undefined && except === undefined) return false;
  return feature === undefined || !(except ?? '').trim().split(',').includes(feature);
}
