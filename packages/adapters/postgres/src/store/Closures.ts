/** Dates on which the bank closed no books, as operators declared them. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import {
  BusinessDate,
  CalendarMonth,
  type DeclareClosure,
  type DeclaredClosure,
  type DeclareOutcome,
  type ProgramStoreError
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Months from "./Months.ts"
import * as Outbox from "./Outbox.ts"
import * as Redecisions from "./Redecisions.ts"
import { affected, type Store } from "./Store.ts"

export const declareClosure =
  (store: Store) =>
  (input: DeclareClosure): Effect.Effect<DeclareOutcome, ProgramStoreError> =>
    store.transaction(declare(store, input, false))

/** `confirmed`: a second person agreed, so that a released month is no hindrance. */
export const declare = Effect.fnUntraced(function* (
  store: Store,
  input: DeclareClosure,
  confirmed: boolean
): Effect.fn.Return<DeclareOutcome, SqlError> {
  const { businessDate, by, nowMs, reason } = input
  const { program, sql } = store
  const month = CalendarMonth.of(businessDate)
  const [known] = yield* sql`
    SELECT FROM closure WHERE program = ${program} AND business_date = ${P.date(businessDate)}`
  if (known !== undefined) return { _tag: "AlreadyDeclared" }
  yield* Months.make(store, month)
  const status = yield* Months.lock(store, month)
  if (status === "released" && !confirmed) return { _tag: "NeedsSecondPerson" }
  const inserted = yield* sql`
    INSERT INTO closure (program, business_date, reason, declared_by, declared_at)
    VALUES (${program}, ${P.date(businessDate)}, ${reason}, ${by}, ${P.instant(nowMs)})
    ON CONFLICT DO NOTHING`.raw
  if (affected(inserted) === 0) return { _tag: "AlreadyDeclared" }
  yield* Months.amend(store, month, nowMs)
  const queued =
    status === undefined || status === "open"
      ? 0
      : yield* Redecisions.queueMissing(store, month, BusinessDate.dayOfMonth(businessDate), nowMs)
  yield* Outbox.audit(store, {
    atMs: nowMs,
    actor: by,
    action: "closure.declare",
    subject: businessDate,
    detail: { reason, queued }
  })
  return { _tag: "Declared", queued }
})

interface Row {
  readonly business_date: BusinessDate.BusinessDate
  readonly reason: string
  readonly declared_by: string
  readonly declared_at: Date
}

/** Those of the program from a date on, or all of them, in order. */
export const closures =
  (store: Store) =>
  (input: {
    readonly from: BusinessDate.BusinessDate | null
  }): Effect.Effect<ReadonlyArray<DeclaredClosure>, ProgramStoreError> =>
    store.query(
      Effect.map(
        store.sql<Row>`
          SELECT business_date, reason, declared_by, declared_at FROM closure
          WHERE program = ${store.program}
            AND business_date >= coalesce(${P.date(input.from)}, '-infinity'::date)
          ORDER BY business_date`,
        (rows) =>
          rows.map((row) => ({
            businessDate: row.business_date,
            reason: row.reason,
            by: row.declared_by,
            declaredMs: P.ms(row.declared_at)
          }))
      )
    )
