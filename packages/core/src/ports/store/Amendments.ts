/** What people change of a month's evidence: corrections, waivers, declared closures. */
import type { BusinessDate } from "../../calendar/BusinessDate.ts"
import type { CalendarMonth } from "../../calendar/CalendarMonth.ts"

export interface CorrectBalance {
  readonly accountId: string
  readonly businessDate: BusinessDate
  readonly minorUnits: bigint
  readonly met: boolean
  readonly reason: string
  readonly by: string
  readonly nowMs: number
}

/**
 * First match wins; nothing is written but for the last two.
 * - `UnknownAccount`: no balance of it was ever captured
 * - `Unchanged`: the same amount is in force
 * - `NeedsSecondPerson`: a month it counts in is released, so that it could send: propose it
 * - `Stored`: the date's first balance
 * - `Superseded`: the next revision; the earlier one is kept
 */
export type CorrectOutcome =
  | { readonly _tag: "UnknownAccount" }
  | { readonly _tag: "Unchanged" }
  | { readonly _tag: "NeedsSecondPerson" }
  /** `queued`: customers of decided months who are decided again. */
  | { readonly _tag: "Stored"; readonly queued: number }
  | { readonly _tag: "Superseded"; readonly queued: number }

export interface DeclareClosure {
  readonly businessDate: BusinessDate
  readonly reason: string
  readonly by: string
  readonly nowMs: number
}

/**
 * First match wins; nothing is written but for `Declared`.
 * - `AlreadyDeclared`: the first declaration stands
 * - `NeedsSecondPerson`: the month is released, so that it could send: propose it
 */
export type DeclareOutcome =
  | { readonly _tag: "AlreadyDeclared" }
  | { readonly _tag: "NeedsSecondPerson" }
  | { readonly _tag: "Declared"; readonly queued: number }

/** A date on which the bank closed no books, as an operator declared it. */
export interface DeclaredClosure {
  readonly businessDate: BusinessDate
  readonly reason: string
  readonly by: string
  readonly declaredMs: number
}

export interface WaiverRequest {
  readonly month: CalendarMonth
  readonly customerIds: ReadonlyArray<string>
}

/** A customer's waived days of a month as a set; bit 0 is day 1. Those without any are left out. */
export interface WaivedDays {
  readonly customerId: string
  readonly waived: number
}
