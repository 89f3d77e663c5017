/** Thrown for a pattern that is valid to Python and cannot be expressed here. */
export class InexpressibleRegexError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InexpressibleRegexError';
  }
}
