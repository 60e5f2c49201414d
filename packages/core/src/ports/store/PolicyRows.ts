/** Policies as data: every one the program was ever started with, byte for byte. */
import type { CalendarMonth } from "../../calendar/CalendarMonth.ts"

/** A policy as it is kept. The hash is the SHA-256 of the text in UTF-8, in hexadecimal. */
export interface PolicyRow {
  readonly effectiveFrom: CalendarMonth
  readonly hash: string
  readonly text: string
}

export interface RecordPolicies {
  readonly nowMs: number
  readonly policies: ReadonlyArray<PolicyRow>
}

/**
 * - `InForce`: it would change what a month is decided by that has begun: a date from
 *   `effectiveFrom` on was captured, or a month decided. Nothing is recorded
 * - `Recorded`: `added` were new; those known already stay as they are
 */
export type RecordPoliciesOutcome =
  | { readonly _tag: "InForce"; readonly effectiveFrom: CalendarMonth }
  | { readonly _tag: "Recorded"; readonly added: number }
