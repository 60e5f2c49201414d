/** The row of a month: its progress, counts and approvals; release page by page. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import {
  type ApprovalOutcome,
  type Approve,
  type CalendarMonth,
  Consequences,
  type DecisionRecord,
  type MonthRow,
  type MonthStatus,
  type Outcome,
  type ProgramStoreError,
  type ReleasePage,
  renewedHash,
  TwoPeople
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as D from "./decisionRow.ts"
import * as Notifications from "./Notifications.ts"
import * as Outbox from "./Outbox.ts"
import { affected, type Store } from "./Store.ts"

type Month = CalendarMonth.CalendarMonth

/** Makes the month's row when it is first touched. */
export const make = (store: Store, month: Month): Effect.Effect<unknown, SqlError> =>
  store.sql`
    INSERT INTO month (program, month) VALUES (${store.program}, ${month}) ON CONFLICT DO NOTHING`

/** Locks the month's row and gives its status. */
export const lock = (
  store: Store,
  month: Month
): Effect.Effect<MonthStatus | undefined, SqlError> =>
  Effect.map(
    store.sql<{ readonly status: MonthStatus }>`
      SELECT status FROM month WHERE program = ${store.program} AND month = ${month} FOR UPDATE`,
    (rows) => rows[0]?.status
  )

/** All months of the program, or one. */
export const readAll = (
  store: Store,
  month: Month | null
): Effect.Effect<ReadonlyArray<MonthRow>, SqlError> =>
  Effect.map(
    store.sql<D.MonthTableRow>`
      SELECT m.month, m.status, m.content_hash, m.decided_at, m.released_at, m.closed_at,
        m.amended_at, m.population, m.qualified, m.not_qualified, m.undetermined,
        ARRAY(SELECT a.person FROM approval a WHERE a.program = m.program AND a.month = m.month
          AND a.content_hash = m.content_hash ORDER BY a.approved_at, a.person) AS approved_by
      FROM month m
      WHERE m.program = ${store.program}
        AND (${P.text(month)}::text IS NULL OR m.month = ${P.text(month)})
      ORDER BY m.month`,
    (rows) => rows.map(D.toMonth)
  )

export const read = (store: Store, month: Month): Effect.Effect<MonthRow, SqlError> =>
  Effect.map(readAll(store, month), (rows) => rows[0] ?? untouched(month))

const untouched = (month: Month): MonthRow => ({
  month,
  status: "open",
  contentHash: null,
  decidedMs: null,
  releasedMs: null,
  closedMs: null,
  amendedMs: null,
  approvedBy: [],
  population: 0,
  qualified: 0,
  notQualified: 0,
  undetermined: 0
})

/** Counts the decisions in force anew. */
export const count = (store: Store, month: Month): Effect.Effect<unknown, SqlError> =>
  store.sql`
    UPDATE month m SET population = c.population, qualified = c.qualified,
      not_qualified = c.not_qualified, undetermined = c.undetermined
    FROM (
      SELECT count(*) AS population,
        count(*) FILTER (WHERE outcome = 'Qualified') AS qualified,
        count(*) FILTER (WHERE outcome = 'NotQualified') AS not_qualified,
        count(*) FILTER (WHERE outcome = 'Undetermined') AS undetermined
      FROM decision
      WHERE program = ${store.program} AND month = ${month} AND superseded_at IS NULL
    ) AS c
    WHERE m.program = ${store.program} AND m.month = ${month}`

/** Moves one customer from one count to another. */
export const correct = (
  store: Store,
  month: Month,
  from: Outcome | null,
  to: Outcome
): Effect.Effect<unknown, SqlError> => {
  const by = (outcome: Outcome) => P.integer((to === outcome ? 1 : 0) - (from === outcome ? 1 : 0))
  return store.sql`
    UPDATE month SET corrections = corrections + 1,
      population = population + ${P.integer(from === null ? 1 : 0)},
      qualified = qualified + ${by("Qualified")},
      not_qualified = not_qualified + ${by("NotQualified")},
      undetermined = undetermined + ${by("Undetermined")}
    WHERE program = ${store.program} AND month = ${month}`
}

/** Notes that people changed the month's evidence by hand. */
export const amend = (
  store: Store,
  month: Month,
  nowMs: number
): Effect.Effect<unknown, SqlError> =>
  store.sql`
    UPDATE month SET amended_at = greatest(amended_at, ${P.instant(nowMs)})
    WHERE program = ${store.program} AND month = ${month}`

/** Before the release a replaced decision makes other content: approvals of the old one go. */
export const renew = Effect.fnUntraced(function* (
  store: Store,
  month: Month,
  decision: DecisionRecord
) {
  const [row] = yield* store.sql<{ readonly content_hash: string | null }>`
    SELECT content_hash FROM month
    WHERE program = ${store.program} AND month = ${month} AND status = 'decided'`
  if (row === undefined) return
  yield* store.sql`
    UPDATE month SET content_hash = ${renewedHash(row.content_hash ?? "", decision)},
      approved_hash = NULL
    WHERE program = ${store.program} AND month = ${month}`
  yield* store.sql`
    DELETE FROM approval WHERE program = ${store.program} AND month = ${month}`
})

/** Counts a correction that came after the mark. */
export const observed = (store: Store, month: Month): Effect.Effect<unknown, SqlError> =>
  store.sql`
    UPDATE month SET corrections_observed = corrections_observed + 1
    WHERE program = ${store.program} AND month = ${month}`

export const completeMonth =
  (store: Store) =>
  (input: {
    readonly month: Month
    readonly nowMs: number
  }): Effect.Effect<MonthRow, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        yield* make(store, input.month)
        const changed = yield* store.sql`
          UPDATE month SET status = 'complete', completed_at = ${P.instant(input.nowMs)}
          WHERE program = ${store.program} AND month = ${input.month} AND status = 'open'`.raw
        if (affected(changed) > 0) yield* auditMonth(store, input, "month.complete")
        return yield* read(store, input.month)
      })
    )

/** An approval names the content it approves. */
export const approve =
  (store: Store) =>
  (input: Approve): Effect.Effect<ApprovalOutcome, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        yield* lock(store, input.month)
        const month = yield* read(store, input.month)
        const refusal = refusalOf(month, input)
        if (refusal !== undefined) return refusal
        if (yield* isApproved(store, input.month)) return approved
        if (month.approvedBy.some((by) => TwoPeople.isSame(by, input.by))) return samePerson
        yield* store.sql`
          INSERT INTO approval (program, month, content_hash, person, approved_at)
          VALUES (${store.program}, ${input.month}, ${input.hash}, ${input.by},
            ${P.instant(input.nowMs)})`
        const people = month.approvedBy.length + 1
        const enough = people >= input.required
        if (enough) {
          yield* store.sql`
            UPDATE month SET approved_hash = content_hash
            WHERE program = ${store.program} AND month = ${input.month}`
        }
        yield* Outbox.audit(store, {
          atMs: input.nowMs,
          actor: input.by,
          action: "month.approve",
          subject: input.month,
          detail: { hash: input.hash, approvals: people, required: input.required }
        })
        return enough ? approved : needsSecondPerson
      })
    )

const approved: ApprovalOutcome = { _tag: "Approved" }
const samePerson: ApprovalOutcome = { _tag: "SamePerson" }
const needsSecondPerson: ApprovalOutcome = { _tag: "NeedsSecondPerson" }

const refusalOf = (month: MonthRow, input: Approve): ApprovalOutcome | undefined => {
  if (month.status === "open" || month.status === "complete") return { _tag: "NotDecided" }
  if (month.status !== "decided") return { _tag: "AlreadyReleased" }
  const contentHash = month.contentHash ?? ""
  return contentHash === input.hash ? undefined : { _tag: "HashMismatch", contentHash }
}

const isApproved = (store: Store, month: Month): Effect.Effect<boolean, SqlError> =>
  Effect.map(
    store.sql`
      SELECT FROM month WHERE program = ${store.program} AND month = ${month}
        AND approved_hash = content_hash AND status <> 'closed'`,
    (rows) => rows.length > 0
  )

/** Held notifications of an approved month become active, their first attempt pending. */
export const releasePage =
  (store: Store) =>
  (input: ReleasePage): Effect.Effect<{ readonly released: number }, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { expiryMs, limit, month, nowMs } = input
        if (!(yield* isApproved(store, month))) return { released: 0 }
        const held = yield* store.sql<{ readonly notification_id: string }>`
          SELECT notification_id FROM notification
          WHERE program = ${store.program} AND month = ${month} AND state = 'held'
          ORDER BY notification_id LIMIT ${limit}
          FOR UPDATE SKIP LOCKED`
        if (held.length === 0) {
          yield* markReleased(store, input)
          return { released: 0 }
        }
        const batch = yield* Notifications.load(
          store,
          held.map((row) => row.notification_id)
        )
        const context = Consequences.commandContext(nowMs, batch.clockMs)
        let released = 0
        for (const row of batch.rows.values()) {
          const event = { _tag: "Released", expiryMs } as const
          if (Notifications.apply(batch, row, event, context)) released++
        }
        yield* Notifications.save(store, batch, nowMs)
        yield* auditMonth(store, input, "month.release-page", { released })
        return { released }
      })
    )

/** Nothing is left: not even a row that another worker is releasing at this moment. */
const markReleased = Effect.fnUntraced(function* (store: Store, input: ReleasePage) {
  const changed = yield* store.sql`
    UPDATE month SET status = 'released', released_at = ${P.instant(input.nowMs)}
    WHERE program = ${store.program} AND month = ${input.month} AND status = 'decided'
      AND NOT EXISTS (SELECT FROM notification WHERE program = ${store.program}
        AND month = ${input.month} AND state = 'held')`.raw
  if (affected(changed) > 0) yield* auditMonth(store, input, "month.released")
})

const auditMonth = (
  store: Store,
  input: { readonly month: Month; readonly nowMs: number },
  action: string,
  detail: Readonly<Record<string, number>> = {}
): Effect.Effect<void, SqlError> =>
  Outbox.audit(store, {
    atMs: input.nowMs,
    actor: "program",
    action,
    subject: input.month,
    detail
  })
