/** Where the core tells what it did. The extension writes it to its output channel, the CLI to stderr, tests keep it. */
export interface Logger {
  trace(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

const nothing = (): void => undefined;

export const silentLogger: Logger = { trace: nothing, info: nothing, warn: nothing, error: nothing };
