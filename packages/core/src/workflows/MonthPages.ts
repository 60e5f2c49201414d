/**
 * The customers of a month, page by page, with their evidence: read ahead of whoever decides them,
 * so that the bank, the database and this process work at the same time.
 *
 * **Guarantee** — pages come in the bank's order; few are in memory at any time, however many the
 * bank has.
 *
 * **Source** — architecture, Ports and Storage and scale (keyset pages, never a table in memory).
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import { BalanceHistory } from "../ports/BalanceHistory.ts"
import { type ActiveCustomer, Customers, CustomersError } from "../ports/Customers.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import * as CustomerMonths from "./CustomerMonths.ts"
import { Program } from "./Program.ts"

const bankRetries = Schedule.max([Schedule.exponential("200 millis"), Schedule.recurs(4)]).pipe(
  Schedule.jittered
)

/** Pages whose evidence is asked for at the same time. */
const pagesAtOnce = 2

/**
 * Who was active, from a cursor of the bank's on. A bank that gives the same cursor twice would be
 * read, and counted, for ever.
 */
export const active = (month: CalendarMonth, from: string | null) =>
  Stream.suspend(() => {
    const seen = new Set<string>()
    return Stream.paginate(from, (cursor) =>
      Effect.gen(function* () {
        const customers = yield* Customers
        const page = yield* customers
          .active(month, cursor)
          .pipe(Effect.retry({ schedule: bankRetries, while: (error) => error.isRetryable }))
        if (cursor !== null) seen.add(cursor)
        if (page.nextCursor !== null && seen.has(page.nextCursor)) {
          const detail = "the bank gave the same page cursor twice"
          return yield* new CustomersError({ reason: "Malformed", detail })
        }
        const next = Option.fromNullOr(page.nextCursor)
        return [[page], next] as const
      })
    )
  })

/**
 * What is known of these customers' month, in their order: carried forward by the month's policy,
 * and without the days that were waived.
 */
export const evidenceOf = Effect.fnUntraced(function* (
  month: CalendarMonth,
  customers: ReadonlyArray<ActiveCustomer>
) {
  const program = yield* Program
  const history = yield* BalanceHistory
  const store = yield* ProgramStore
  const pinned = program.policyFor(month)
  const request = CustomerMonths.evidenceRequest(month, customers, pinned)
  const evidence = yield* history
    .monthEvidence(request)
    .pipe(Effect.retry({ schedule: bankRetries, while: (error) => error.isRetryable }))
  const customerIds = customers.map(({ customerId }) => customerId)
  const waived = yield* store.waivers({ month, customerIds })
  return CustomerMonths.join(month, customers, request, evidence, waived, pinned)
})

/** Every customer's evidence, from a cursor of the bank's on. */
export const evidence = (month: CalendarMonth, from: string | null) =>
  active(month, from).pipe(
    Stream.mapEffect(
      ({ customers, nextCursor }) =>
        Effect.map(evidenceOf(month, customers), (found): CustomerMonths.EvidencePage => ({
          customers: found,
          nextCursor
        })),
      { concurrency: pagesAtOnce }
    )
  )
