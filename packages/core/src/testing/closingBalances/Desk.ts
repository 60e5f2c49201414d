/** Where a check of the balances contract works: the adapter, its bank's clock, and the dates. */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import * as BusinessDate from "../../calendar/BusinessDate.ts"
import * as Money from "../../money/Money.ts"
import type { BalancePage, ClosingBalances } from "../../ports/ClosingBalances.ts"
import type * as Contract from "../Contract.ts"
import type { BankScript } from "../SandboxScript.ts"

/** A fresh bank and its adapter. */
export interface BalancesDesk {
  readonly balances: (typeof ClosingBalances)["Service"]
  readonly tell: (nowMs: number) => Effect.Effect<void>
  /** `false` where the bank has no control totals of its own; they are expected otherwise. */
  readonly givesTotals?: boolean
}

/** The bank a check needs: so many customers, in pages of `pageSize` customers. */
export interface BalancesSetup {
  readonly script: BankScript
  readonly nowMs: number
  readonly customers: number
  readonly pageSize: number
}

/** Makes the bank of a check. */
export type MakeBalances = Contract.Make<BalancesSetup, BalancesDesk>

export type BalancesCheck = Contract.Check<BalancesSetup, BalancesDesk>

/** Thursday, a business day. */
export const date = BusinessDate.unchecked("2026-09-03")
/** Saturday: the bank closes no books. */
export const closedDate = BusinessDate.unchecked("2026-09-05")
/** 1 October 2026, 03:00 in Jerusalem: the whole month is closed. */
const afterMonthMs = 1_790_812_800_000
/** 3 September 2026, 12:00 in Jerusalem: before the end of that business day. */
export const middayMs = 1_788_426_000_000
export const hour = 3_600_000

export const exact = (amount: bigint | Money.MalformedAmount): bigint =>
  Money.isMalformed(amount) ? assert.fail("an amount is malformed") : amount

export const walk = (desk: BalancesDesk, businessDate = date) =>
  Effect.gen(function* () {
    const pages: Array<BalancePage> = []
    let cursor: string | null = null
    do {
      const page: BalancePage = yield* desk.balances.page(businessDate, cursor)
      pages.push(page)
      cursor = page.nextCursor
    } while (cursor !== null && pages.length < 100)
    return pages
  })

/** Needs a scripted bank where anything is scripted, faults or a time before the month's end. */
export const check = (
  name: string,
  script: BankScript,
  body: Contract.Body<BalancesDesk>,
  nowMs?: number
): BalancesCheck => ({
  name,
  setup: { script, nowMs: nowMs ?? afterMonthMs, customers: 50, pageSize: 20 },
  needs: script.length === 0 && nowMs === undefined ? "honest" : "scripted",
  run: Effect.fnUntraced(body)
})

/** The control totals the last page must carry. */
export const totals = (desk: BalancesDesk, count: number, sumMinor: bigint) =>
  desk.givesTotals === false ? null : { count, sumMinor }
