/** Mercurial's configuration, as far as the output of commands needs it. */
export interface Configuration {
  get(section: string, name: string): { readonly value: string } | undefined;
  items(section: string): readonly { readonly name: string; readonly value: string }[];
  /** Throws 'invalid-config' for a value that is no boolean. */
  boolean(section: string, name: string, defaultValue: boolean): boolean;
}
