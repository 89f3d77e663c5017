/** Renders the frame of a template, as hg does. */
export function rendered(template: string): string {
  return template.replaceAll('{""}', '');
}
