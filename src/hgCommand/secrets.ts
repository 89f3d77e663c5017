// What must not be in a log or in a message: passwords in addresses.

/**
 * Replaces the passwords of addresses ("https://joe:secret@host/") by "***". A person's name may have an @, as addresses of
 * mail do: Mercurial takes the last one as the end of both. In time proportional to the text, whatever that is.
 */
export function withoutSecrets(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:]*):[^\s/]+@/gi, '$1:***@');
}
