// Collects the texts that the extension passes to `l10n.t`, for the bundle that translations start from.
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { projectRoot } from './processes.mjs';

/** Returns the content of l10n/bundle.l10n.json: each text with itself as its English, sorted. */
export function collectTexts() {
  const folder = path.join(projectRoot, 'src', 'extension');
  const files = fs.readdirSync(folder, { recursive: true }).filter(name => name.endsWith('.ts'));
  const texts = files.flatMap(name => textsIn(name, fs.readFileSync(path.join(folder, name), 'utf8')));
  return Object.fromEntries([...new Set(texts)].sort().map(text => [text, text]));
}

/** Throws if a text is not a literal: nobody could translate it. */
function textsIn(name, source) {
  const found = [];
  const visit = node => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'l10n.t') {
      const [text] = node.arguments;
      if (!ts.isStringLiteralLike(text)) throw new Error(`${name}: l10n.t needs a literal, not ${text.getText()}`);
      found.push(text.text);
    }
    node.forEachChild(visit);
  };
  ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true).forEachChild(visit);
  return found;
}
