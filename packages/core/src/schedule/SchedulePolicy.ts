/**
 * When the program's work falls due: the schedule's fragment of the program policy.
 *
 * **Source** — product rules, The stages and Days; architecture, Level-triggered.
 */
import type { BusinessDate } from "../calendar/BusinessDate.ts"

/** Minutes count from the local midnight that ends the business date; durations in milliseconds. */
export interface SchedulePolicy {
  /** The first business date the program captures; nothing before it is ever asked for. */
  readonly startsOn: BusinessDate
  /** A business date is captured this long after its midnight. */
  readonly captureAfterMinutes: number
  /** How often a date with missing balances is asked for again while the gate is open. */
  readonly backfillEveryMs: number
  /** Work later than this is reported as late. */
  readonly lateAfterMs: number
}

export const defaultSchedulePolicy = {
  captureAfterMinutes: 60,
  backfillEveryMs: 6 * 3_600_000,
  lateAfterMs: 2 * 3_600_000
} as const
