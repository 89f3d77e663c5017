// `quicksilver doctor`: the server's report on a repository, printed.
import { currentEnvironment } from '../files/environment.ts';
import { examine, toMarkdown, type DoctorReport } from '../server/doctor.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_DIFFERENT, EXIT_ERROR, EXIT_OK, EXIT_REFUSED, usageError, utf8Bytes, type CommandIo } from './io.ts';
import { locateRepository } from './open.ts';

/** Exit code 0; 1 if hg answers differently, 3 if the repository is unsupported, 255 if it cannot be read. */
export async function doctor(args: ParsedArguments, io: CommandIo): Promise<number> {
  if (args.positionals.length > 0)
    throw usageError('quicksilver doctor takes no paths: it looks at the whole repository');
  const { root } = locateRepository(args, io);
  const compare = !args.flags.has('no-hg');
  const report = await examine({ root, environment: currentEnvironment(), compare, signal: io.signal });
  io.stdout.write(utf8Bytes(toMarkdown(report)));
  return exitCodeOf(report);
}

function exitCodeOf({ refusals, problem, comparison }: DoctorReport): number {
  if (refusals.length > 0) return EXIT_REFUSED;
  if (problem !== undefined || comparison.kind === 'failed') return EXIT_ERROR;
  return comparison.kind === 'compared' && comparison.differences.length > 0 ? EXIT_DIFFERENT : EXIT_OK;
}
