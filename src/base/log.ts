/** Receives the log of the core. The extension writes it to its output channel, the CLI to stderr; tests keep it. */
export interface Logger {
  trace(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

const nothing = (): void => undefined;

export const silentLogger: Logger = { trace: nothing, info: nothing, warn: nothing, error: nothing };

/** Returns a logger that adds the folder to warnings and errors that do not name it themselves. */
export function loggerOf(folder: string, logger: Logger): Logger {
  const named = (message: string): string => (message.includes(folder) ? message : `${folder}: ${message}`);
  return {
    trace: message => logger.trace(message),
    info: message => logger.info(message),
    warn: message => logger.warn(named(message)),
    error: message => logger.error(named(message)),
  };
}
