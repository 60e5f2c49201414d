/** Dates an operator left out of the rule for a customer, and what that sets off. */
import * as Effect from "effect/Effect"
import {
  BusinessDate,
  type ConfirmProposal,
  type ProgramStoreError,
  type ProposalRefusal,
  type ProposedWaiver,
  Waiver,
  type WaivedDays,
  type WaiverRequest
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Decisions from "./Decisions.ts"
import * as Months from "./Months.ts"
import * as Notifications from "./Notifications.ts"
import * as Redecisions from "./Redecisions.ts"
import type { Store } from "./Store.ts"

/** The first reason against it, or the days are waived and the customer is decided again. */
export const waive = Effect.fnUntraced(function* (
  store: Store,
  proposed: ProposedWaiver & { readonly by: string; readonly reason: string },
  input: ConfirmProposal
) {
  const { customerId, dates, month } = proposed
  const { nowMs, terms } = input
  yield* Months.make(store, month)
  const status = yield* Months.lock(store, month)
  if (status === "closed") return refused("MONTH_CLOSED")
  if (status === "decided" || status === "released") {
    const [decision] = yield* Decisions.current(store, month, [customerId])
    if (decision === undefined) return refused("UNKNOWN_CUSTOMER")
    const batch = yield* Notifications.loadCustomers(store, month, [customerId])
    const row = [...batch.rows.values()][0]
    if (row !== undefined && !Notifications.isOpenToDecision(row)) {
      return refused("DECISION_STANDS")
    }
  }
  if (terms.expiryMs !== null && nowMs >= terms.expiryMs) return refused("MESSAGES_EXPIRED")
  const [known] = yield* waived(store, { month, customerIds: [customerId] })
  const waiver = { ...proposed, confirmedBy: input.by }
  const bits = Waiver.add(known?.waived ?? 0, waiver, terms.qualification)
  if (typeof bits !== "number") {
    return refused(bits._tag === "TooManyDays" ? "TOO_MANY_DAYS" : "DATE_OUTSIDE_MONTH")
  }
  yield* store.sql`
    INSERT INTO waiver (program, month, customer_id, business_date, reason, waived_by,
      confirmed_by, waived_at)
    SELECT ${store.program}, ${month}, ${customerId}, t.business_date, ${proposed.reason},
      ${proposed.by}, ${input.by}, ${P.instant(nowMs)}
    FROM unnest(${P.dates(dates)}::date[]) AS t(business_date)
    ON CONFLICT DO NOTHING`
  yield* Months.amend(store, month, nowMs)
  if (status !== "open") yield* Redecisions.queueCustomers(store, month, [customerId], nowMs)
  return undefined
})

const refused = (reason: ProposalRefusal): ProposalRefusal => reason

/** Only customers with a waived day; a month has few of them, whatever its size. */
const waived = (store: Store, { customerIds, month }: WaiverRequest) =>
  Effect.map(
    store.sql<{
      readonly customer_id: string
      readonly dates: ReadonlyArray<BusinessDate.BusinessDate>
    }>`
      SELECT w.customer_id, array_agg(w.business_date::text ORDER BY w.business_date) AS dates
      FROM waiver w
      WHERE w.program = ${store.program} AND w.month = ${month}
        AND w.customer_id = ANY(${P.texts(customerIds)}::text[])
      GROUP BY w.customer_id ORDER BY w.customer_id`,
    (rows) =>
      rows.map(({ customer_id: customerId, dates }): WaivedDays => {
        let bits = 0
        for (const date of dates) bits |= 1 << (BusinessDate.dayOfMonth(date) - 1)
        return { customerId, waived: bits }
      })
  )

export const waivers =
  (store: Store) =>
  (input: WaiverRequest): Effect.Effect<ReadonlyArray<WaivedDays>, ProgramStoreError> =>
    store.query(waived(store, input))
