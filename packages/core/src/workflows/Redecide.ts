/**
 * Decides again the customers whose evidence changed after their month was decided: a corrected
 * balance, a waived day, a closure declared afterwards. What the
 * new decision means for the message is the store's to say: before the mark it follows, after the
 * mark the decision stands and people get the counterfactual.
 *
 * **Source** — product rules, Days (corrections); invariants 9, 11.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { Redecision } from "../ports/store/Captures.ts"
import type { DecisionRecord } from "../ports/store/Decisions.ts"
import { decisionRecords } from "./DecisionRecords.ts"
import { withDeclaredClosures } from "./DeclaredClosures.ts"
import * as MonthPages from "./MonthPages.ts"
import { Program } from "./Program.ts"

/**
 * Everything queued, month by month, each customer once: one corrected again meanwhile waits for
 * the next turn. Returns how many decisions changed or were observed.
 */
export const redecide = Effect.fn("Redecide.redecide")(function* (nowMs: number) {
  const program = yield* Program
  const store = yield* ProgramStore
  const tried = new Set<string>()
  let changed = 0
  for (;;) {
    const queued = (yield* store.pendingRedecisions({ limit: program.batch.customers })).filter(
      (entry) => !tried.has(keyOf(entry))
    )
    if (queued.length === 0) return changed
    for (const entry of queued) tried.add(keyOf(entry))
    const months = new Set(queued.map((entry) => entry.month))
    for (const month of months) {
      const entries = queued.filter((entry) => entry.month === month)
      changed += yield* redecideMonth(month, entries, nowMs)
    }
  }
}, withDeclaredClosures)

/** The given customers of a decided month; the count is as for `redecide`. */
export const redecideCustomers = Effect.fn("Redecide.redecideCustomers")(function* (
  month: CalendarMonth,
  customerIds: ReadonlyArray<string>,
  nowMs: number
) {
  if (customerIds.length === 0) return 0
  return yield* redecideMonth(
    month,
    customerIds.map((customerId) => ({ customerId, month })),
    nowMs
  )
}, withDeclaredClosures)

const keyOf = ({ customerId, month }: Redecision): string => `${month} ${customerId}`

/**
 * The bank tells who was active in a month by pages only: one pass serves every queued customer.
 */
const redecideMonth = Effect.fnUntraced(function* (
  month: CalendarMonth,
  entries: ReadonlyArray<Redecision>,
  nowMs: number
) {
  const wanted = new Map(entries.map((entry) => [entry.customerId, entry]))
  let changed = 0
  yield* Stream.runForEachWhile(MonthPages.active(month, null), (page) =>
    Effect.gen(function* () {
      // The others of the page are not looked at: a month has pages by the hundred.
      const queued = page.customers.filter(({ customerId }) => wanted.has(customerId))
      if (queued.length === 0) return true
      const customers = yield* MonthPages.evidenceOf(month, queued)
      for (const decision of yield* decisionRecords(month, customers)) {
        changed += yield* record(month, decision, wanted.get(decision.customerId), nowMs)
        wanted.delete(decision.customerId)
      }
      return wanted.size > 0
    })
  )
  for (const entry of wanted.values()) changed += yield* keep(month, entry, nowMs)
  return changed
})

/** The bank does not know the customer in that month any more: what was decided stands. */
const keep = Effect.fnUntraced(function* (month: CalendarMonth, entry: Redecision, nowMs: number) {
  const store = yield* ProgramStore
  const { customerId } = entry
  const { decision } = yield* store.customerMonth({ customerId, month })
  return decision === null ? 0 : yield* record(month, decision, entry, nowMs)
})

const record = Effect.fnUntraced(function* (
  month: CalendarMonth,
  decision: DecisionRecord,
  entry: Redecision | undefined,
  nowMs: number
) {
  const program = yield* Program
  const store = yield* ProgramStore
  const outcome = yield* store.recordRedecision({
    nowMs,
    month,
    policyHash: program.policyFor(month).hash,
    decision,
    cause: "evidence changed",
    ...(entry?.ticket === undefined ? {} : { ticket: entry.ticket })
  })
  return outcome._tag === "Unchanged" ? 0 : 1
})
