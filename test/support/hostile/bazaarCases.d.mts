import type { BuiltCase, HostileCase } from './gallery.mjs';

/** The executable; undefined if Breezy is not installed. */
export declare const BRZ: string | undefined;

export declare const bazaarCases: readonly HostileCase[];

export declare function buildBazaarGallery(folder: string, cases: readonly HostileCase[]): BuiltCase[];
