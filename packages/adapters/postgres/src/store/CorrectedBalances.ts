/**
 * An operator's amount for an account and date: the next revision of the ledger, of no capture run,
 * so that any capture that comes later supersedes it again.
 */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import {
  type BusinessDate,
  CalendarMonth,
  type CorrectBalance,
  type CorrectOutcome,
  type ProgramStoreError
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Captures from "./Captures.ts"
import * as Months from "./Months.ts"
import * as Outbox from "./Outbox.ts"
import * as Redecisions from "./Redecisions.ts"
import type { Store } from "./Store.ts"

/** Makes the date's partition, outside any transaction of a correction. */
export const prepare = (
  store: Store,
  date: BusinessDate.BusinessDate
): Effect.Effect<void, ProgramStoreError> => Captures.partitionOf(store, date)

export const correctBalance =
  (store: Store) =>
  (input: CorrectBalance): Effect.Effect<CorrectOutcome, ProgramStoreError> =>
    Effect.andThen(
      isKnown(store, input.accountId),
      (known): Effect.Effect<CorrectOutcome, ProgramStoreError> =>
        known
          ? Effect.andThen(
              prepare(store, input.businessDate),
              store.transaction(correct(store, input, false))
            )
          : Effect.succeed(unknownAccount)
    )

const unknownAccount: CorrectOutcome = { _tag: "UnknownAccount" }

/** No partition is made for an account that is a slip of the pen. */
const isKnown = (store: Store, accountId: string): Effect.Effect<boolean, ProgramStoreError> =>
  store.query(accountExists(store, accountId))

const accountExists = (store: Store, accountId: string): Effect.Effect<boolean, SqlError> =>
  Effect.map(
    store.sql`
      SELECT FROM balance_check
      WHERE program = ${store.program} AND account_id = ${accountId} LIMIT 1`,
    (rows) => rows.length > 0
  )

/** `confirmed`: a second person agreed, so that a released month is no hindrance. */
export const correct = Effect.fnUntraced(function* (
  store: Store,
  input: CorrectBalance,
  confirmed: boolean
): Effect.fn.Return<CorrectOutcome, SqlError> {
  const { accountId, businessDate, by, nowMs, reason } = input
  if (!(yield* accountExists(store, accountId))) return unknownAccount
  const { program, sql } = store
  const [known] = yield* sql<{
    readonly revision: number
    readonly minor_units: bigint
    readonly conflict: boolean
  }>`
    SELECT revision, minor_units, conflict FROM balance_check
    WHERE program = ${program} AND account_id = ${accountId}
      AND business_date = ${P.date(businessDate)} AND superseded_at IS NULL
    FOR UPDATE`
  if (known !== undefined && !known.conflict && known.minor_units === input.minorUnits) {
    return { _tag: "Unchanged" }
  }
  const month = CalendarMonth.of(businessDate)
  const months = [month, CalendarMonth.next(month)]
  yield* Months.make(store, month)
  for (const each of months) {
    const status = yield* Months.lock(store, each)
    if (status === "released" && !confirmed) return { _tag: "NeedsSecondPerson" }
  }
  yield* supersede(store, input, known?.revision)
  for (const each of months) yield* Months.amend(store, each, nowMs)
  const queued = yield* Redecisions.queue(store, input, [accountId])
  yield* Outbox.audit(store, {
    atMs: nowMs,
    actor: by,
    action: "balance.correct",
    subject: accountId,
    detail: { businessDate, reason, revision: (known?.revision ?? 0) + 1, queued }
  })
  return { _tag: known === undefined ? "Stored" : "Superseded", queued }
})

const supersede = Effect.fnUntraced(function* (
  { program, sql }: Store,
  { accountId, businessDate, met, minorUnits, nowMs }: CorrectBalance,
  revision: number | undefined
) {
  if (revision !== undefined) {
    yield* sql`
      UPDATE balance_check SET superseded_at = ${P.instant(nowMs)}
      WHERE program = ${program} AND account_id = ${accountId}
        AND business_date = ${P.date(businessDate)} AND revision = ${P.integer(revision)}`
  }
  yield* sql`
    INSERT INTO balance_check (program, account_id, business_date, revision, met, sequence, page,
      minor_units, captured_at)
    VALUES (${program}, ${accountId}, ${P.date(businessDate)},
      ${P.integer((revision ?? 0) + 1)}, ${met}, 0, 0, ${P.bigint(minorUnits)},
      ${P.instant(nowMs)})`
})
