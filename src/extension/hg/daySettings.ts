// Settings about the daily work, read where they are needed. The names are those of package.json without 'quicksilver.'.
import { workspace, type Uri } from 'vscode';

/** What is not among the choices counts as not set. */
export function choiceFor<T extends string>(scope: Uri, name: string, choices: readonly T[], otherwise: T): T {
  const value = valueFor(scope, name);
  return choices.find(choice => choice === value) ?? otherwise;
}

export function isSwitchedOn(scope: Uri, name: string, otherwise: boolean): boolean {
  const value = valueFor(scope, name);
  return typeof value === 'boolean' ? value : otherwise;
}

export function numberFor(scope: Uri, name: string, least: number, most: number, otherwise: number): number {
  const value = valueFor(scope, name);
  if (typeof value !== 'number' || !Number.isFinite(value)) return otherwise;
  return Math.min(most, Math.max(least, Math.trunc(value)));
}

function valueFor(scope: Uri, name: string): unknown {
  return workspace.getConfiguration('quicksilver', scope).get<unknown>(name);
}
