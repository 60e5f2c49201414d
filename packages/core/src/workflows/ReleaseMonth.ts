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
  if (policy.qualification.approval === "automatic") yield* approveByPolicy(month, nowMs)
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

/** Nobody is asked, but the ledger names who approved what: the policy, this very content. */
const approveByPolicy = Effect.fnUntraced(function* (month: CalendarMonth, nowMs: number) {
  const store = yield* ProgramStore
  const { months } = yield* store.ledger({ nowMs })
  const hash = months.find((row) => row.month === month)?.contentHash
  if (hash === null || hash === undefined) return
  yield* store.approve({ month, hash, by: "policy:automatic", nowMs, required: 1 })
})
