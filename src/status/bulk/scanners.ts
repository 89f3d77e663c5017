// Who scans units, with which means.
import type { DecodeAccelerators } from '../../base/decodeAccelerators.ts';
import type { Listings, StatusInput, StatColumns } from '../types.ts';
import type { DrawPlan, ScanPlan, Unit } from './plan.ts';
import type { UnitResult } from './unitResult.ts';

/** Scans the units of one plan, several at a time, off the caller's thread. */
export interface UnitScanner {
  /** How many units it is worth to have asked for at a time. */
  readonly parallel: number;
  /** Rejects if the unit could not be scanned; the caller then scans its directories itself. */
  scan(unit: Unit): Promise<UnitResult>;
  /** Gives back what was kept for this plan; no unit is asked for after it. */
  release?(): void;
}

/** Keeps the means of scanning units. */
export interface UnitScanners {
  /** Accelerators for readers of the stat cache. */
  readonly accelerators?: DecodeAccelerators;
  /** With fewer recorded names than this, one thread is sooner done; if not given, the scan's own limit holds. */
  readonly worthNodes?: number;
  /** Draws plans in native code. */
  readonly drawPlan?: DrawPlan | undefined;
  /**
   * Throws if there are none to be had: then one thread scans.
   * @param listings directories that still have these names are not read, and their ignored names are not reported
   */
  prepare(input: StatusInput, columns: StatColumns, plan: ScanPlan, listings?: Listings): UnitScanner;
}
