import type { BuiltCase, HostileCase } from './gallery.mjs';

export declare const gitCases: readonly HostileCase[];

export declare function buildGitGallery(folder: string, cases: readonly HostileCase[]): BuiltCase[];
