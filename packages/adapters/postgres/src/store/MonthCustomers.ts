/** The customers of a month by id, page by page: decisions in force, each with its message. */
import * as Effect from "effect/Effect"
import type { MonthCustomer, ProgramStoreError, ProgramStoreVerbs } from "../Core.ts"
import * as D from "./decisionRow.ts"
import type { Store } from "./Store.ts"

interface Row extends Pick<
  D.DecisionRow,
  | "customer_id"
  | "outcome"
  | "reasons"
  | "reach"
  | "reach_reason"
  | "observed"
  | "met"
  | "derived"
  | "waived"
> {
  readonly state: NonNullable<MonthCustomer["message"]>["state"] | null
  readonly reason: string | null
}

/** A range of the index of decisions in force; for each, one probe of the message by its key. */
export const monthCustomers =
  (store: Store) =>
  (
    input: Parameters<ProgramStoreVerbs["monthCustomers"]>[0]
  ): Effect.Effect<ReadonlyArray<MonthCustomer>, ProgramStoreError> =>
    store.query(
      Effect.map(
        store.sql<Row>`
          SELECT d.*, n.state, n.reason FROM (
            SELECT customer_id, outcome, reasons, reach, reach_reason, observed, met, derived,
              waived
            FROM decision
            WHERE program = ${store.program} AND month = ${input.month}
              AND customer_id > ${input.after ?? ""} AND superseded_at IS NULL
            ORDER BY customer_id LIMIT ${input.limit}
          ) AS d
          LEFT JOIN LATERAL (
            SELECT state, reason FROM notification
            WHERE program = ${store.program} AND month = ${input.month}
              AND customer_id = d.customer_id
            OFFSET 0
          ) AS n ON true
          ORDER BY d.customer_id`,
        (rows) => rows.map(toCustomer)
      )
    )

const toCustomer = (row: Row): MonthCustomer => ({
  customerId: row.customer_id,
  outcome: row.outcome,
  reasons: D.decodeReasons(row.reasons),
  reach: D.reachOf(row),
  observed: row.observed,
  met: row.met,
  derived: row.derived,
  waived: row.waived,
  message: row.state === null ? null : { state: row.state, reason: row.reason }
})
