// Our package.json, as VS Code hands it over. A script writes it from the tables in contributions/. Reading it at run
// time keeps those tables out of the bundles.
import { extensions } from 'vscode';
import { name, publisher } from '../../../package.json';
import type { SettingSchema } from './settingSchema.ts';

export interface Manifest {
  readonly contributes: {
    readonly colors: readonly { readonly id: string; readonly defaults: { readonly dark: string } }[];
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, SettingSchema>> };
  };
}

export function ownManifest(): Manifest {
  return extensions.getExtension<unknown>(`${publisher}.${name}`)!.packageJSON as Manifest;
}
