// The README as VS Code's details page can show it: that page has no folder to resolve relative addresses in.
import fs from 'node:fs';
import path from 'node:path';

const TYPES = { '.png': 'image/png', '.jpg': 'image/jpeg' };

/**
 * Returns the text with its bitmaps inside, and with relative links leading to the repository.
 * @param text Markdown
 * @param folder where relative addresses begin
 * @param repository address of the repository on the web
 */
export function packageReadme(text, folder, repository) {
  return text.replaceAll(/(!?)\[((?:`[^`]*`|[^\]`])*)\]\((?!https?:|#|data:)([^)]*)\)/g, (_, bang, label, address) => {
    const type = TYPES[path.extname(address)];
    // VS Code shows no SVG there.
    if (bang === '' || type === undefined) return `[${label}](${repository}/blob/main/${address})`;
    return `![${label}](data:${type};base64,${fs.readFileSync(path.join(folder, address)).toString('base64')})`;
  });
}
