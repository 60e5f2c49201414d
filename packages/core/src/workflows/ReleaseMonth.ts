/**
 * Releases an approved month: its held notifications become active, page by page, with the expiry
 * of the send window counted from now.
 *
 * **Source** — product rules, Send window (expiry); delivery protocol 1.2.
 */
import * as Effect from "effect/Effect"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import * as SendWindow from "../delivery/SendWindow.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import { Program } from "./Program.ts"

/** Returns how many notifications became active; asking again after a crash goes on. */
export const releaseMonth = Effect.fn("ReleaseMonth.releaseMonth")(function* (
  month: CalendarMonth,
  nowMs: number
) {
  const program = yield* Program
  const store = yield* ProgramStore
  const { calendar, policy } = program.policyFor(month)
  const expiryMs = SendWindow.expiryMs(
    policy.sendWindow,
    calendar,
    program.zone,
    nowMs,
    policy.delivery.expiryWindowDays
  )
  let total = 0
  for (;;) {
    const { released } = yield* store.releasePage({
      month,
      nowMs,
      expiryMs,
      limit: program.batch.customers
    })
    if (released === 0) return total
    total += released
  }
})
