// Removes passwords from addresses, for logs and messages.

/**
 * Replaces the passwords of addresses ("https://joe:secret@host/") by "***". A user name may contain an @, as in mail
 * addresses: Mercurial ends both parts at the last one. Takes time proportional to the text.
 */
export function withoutSecrets(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:]*):[^\s/]+@/gi, '$1:***@');
}
