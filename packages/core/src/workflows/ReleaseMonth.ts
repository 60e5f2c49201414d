/**
 * Releases an approved month: its held notifications become active, page by page, with the expiry
 * of the send window counted from the month's release. A message made later has no longer time.
 *
 * **Source** — product rules, Send window (expiry); delivery protocol 1.2.
 */
import * as Effect from "effect/Effect"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import * as SendWindow from "../delivery/SendWindow.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import { withDeclaredClosures } from "./DeclaredClosures.ts"
import { Program } from "./Program.ts"

/** When the messages of a month expire that was released at an instant; also those made later. */
export const expiryOf = Effect.fnUntraced(function* (month: CalendarMonth, releasedMs: number) {
  const { policyFor, zone } = yield* Program
  const { calendar, policy } = policyFor(month)
  const { expiryWindowDays } = policy.delivery
  return SendWindow.expiryMs(policy.sendWindow, calendar, zone, releasedMs, expiryWindowDays)
})

/** Returns how many notifications became active; asking again after a crash goes on. */
export const releaseMonth = Effect.fn("ReleaseMonth.releaseMonth")(function* (
  month: CalendarMonth,
  nowMs: number
) {
  const program = yield* Program
  const store = yield* ProgramStore
  const { policy } = program.policyFor(month)
  const { months } = yield* store.ledger({ nowMs })
  const releasedMs = months.find((row) => row.month === month)?.releasedMs ?? nowMs
  const expiryMs = yield* expiryOf(month, releasedMs)
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
}, withDeclaredClosures)

/** Nobody is asked, but the ledger names who approved what: the policy, this very content. */
const approveByPolicy = Effect.fnUntraced(function* (month: CalendarMonth, nowMs: number) {
  const store = yield* ProgramStore
  const { months } = yield* store.ledger({ nowMs })
  const hash = months.find((row) => row.month === month)?.contentHash
  if (hash === null || hash === undefined) return
  yield* store.approve({ month, hash, by: "policy:automatic", nowMs, required: 1 })
})
