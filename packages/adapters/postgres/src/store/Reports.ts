/** Reports as issued, and one customer's month for `explain`. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import {
  type BusinessDate,
  CalendarMonth,
  type CheckView,
  type CustomerMonth,
  type DomainEvent,
  type ProgramStoreError,
  type RecordAccess,
  type RecordReport,
  type ReportRow
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as D from "./decisionRow.ts"
import * as Escalations from "./Escalations.ts"
import * as Months from "./Months.ts"
import * as Notifications from "./Notifications.ts"
import * as Outbox from "./Outbox.ts"
import * as ReceiptsOf from "./ReceiptsOf.ts"
import { affected, type Store } from "./Store.ts"

type Month = CalendarMonth.CalendarMonth

/** A version once recorded stays as it is; recording it again changes nothing. */
export const recordReport =
  (store: Store) =>
  (
    input: RecordReport & { readonly announcements: ReadonlyArray<DomainEvent.Announcement> }
  ): Effect.Effect<void, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { hash, json, month, nowMs, version } = input
        const added = yield* store.sql`
          INSERT INTO report (program, month, version, hash, json, issued_at)
          VALUES (${store.program}, ${month}, ${version}, ${hash}, ${json}, ${P.instant(nowMs)})
          ON CONFLICT DO NOTHING`.raw
        if (affected(added) === 0) return
        yield* Months.make(store, month)
        if (input.closesMonth) {
          yield* store.sql`
            UPDATE month SET status = 'closed', closed_at = ${P.instant(nowMs)}
            WHERE program = ${store.program} AND month = ${month} AND status <> 'closed'`
        }
        yield* Outbox.announce(store, nowMs, input.announcements, {
          correlationId: `report ${month}`,
          causationId: version
        })
        yield* Outbox.audit(store, {
          atMs: nowMs,
          actor: "report",
          action: "report.issue",
          subject: `${month} ${version}`,
          detail: { hash, closesMonth: input.closesMonth }
        })
      })
    )

export const recordAccess =
  (store: Store) =>
  ({ by, nowMs, subject, what }: RecordAccess): Effect.Effect<void, ProgramStoreError> =>
    store.transaction(
      Outbox.audit(store, { atMs: nowMs, actor: by, action: what, subject, detail: {} })
    )

export const report =
  (store: Store) =>
  (input: {
    readonly month: Month
    readonly version: string | null
  }): Effect.Effect<ReportRow | null, ProgramStoreError> =>
    store.query(
      Effect.map(
        store.sql<{
          readonly month: Month
          readonly version: string
          readonly hash: string
          readonly json: string
          readonly issued_at: Date
        }>`
          SELECT month, version, hash, json, issued_at FROM report
          WHERE program = ${store.program} AND month = ${input.month}
            AND (${P.text(input.version)}::text IS NULL OR version = ${P.text(input.version)})
          ORDER BY position DESC LIMIT 1`,
        ([row]) =>
          row === undefined
            ? null
            : {
                month: row.month,
                version: row.version,
                hash: row.hash,
                json: row.json,
                issuedMs: P.ms(row.issued_at)
              }
      )
    )

export const customerMonth =
  (store: Store) =>
  (input: {
    readonly customerId: string
    readonly month: Month
  }): Effect.Effect<CustomerMonth, ProgramStoreError> =>
    store.query(
      Effect.gen(function* () {
        const { customerId, month } = input
        const decided = (yield* store.sql<D.DecisionRow>`
          SELECT customer_id, revision, outcome, reasons, reach, reach_reason, observed, met,
            derived, waived, account_ids, opened, closed, evidence_hash, policy_hash,
            notification_id, decided_at
          FROM decision
          WHERE program = ${store.program} AND month = ${month} AND customer_id = ${customerId}
            AND superseded_at IS NULL`)[0]
        const notificationIds = yield* store.sql<{ readonly notification_id: string }>`
          SELECT notification_id FROM notification
          WHERE program = ${store.program} AND month = ${month} AND customer_id = ${customerId}`
        const batch = yield* Notifications.load(
          store,
          notificationIds.map((row) => row.notification_id),
          { lock: false, standing: false }
        )
        const row = [...batch.rows.values()][0]
        const references =
          row?.sides.map((side) => side.reference).filter((name) => name !== null) ?? []
        return {
          customerId,
          month,
          decision: decided === undefined ? null : D.toRecord(decided),
          revision: decided?.revision ?? 0,
          decidedMs: decided === undefined ? null : P.ms(decided.decided_at),
          policyHash: decided?.policy_hash ?? null,
          checks: yield* checks(store, decided?.account_ids ?? [], month),
          notification: row === undefined ? null : Notifications.view(row),
          references,
          receipts: row === undefined ? [] : yield* ReceiptsOf.receiptsOf(store, row),
          escalations: yield* Escalations.ofCustomer(store, customerId, month)
        }
      })
    )

interface CheckRow {
  readonly account_id: string
  readonly business_date: BusinessDate.BusinessDate
  readonly minor_units: bigint
  readonly met: boolean
  readonly conflict: boolean
  readonly revision: number
}

/** The balances in force of a month, account by account, in date order. */
const checks = (
  store: Store,
  accountIds: ReadonlyArray<string>,
  month: Month
): Effect.Effect<ReadonlyArray<CheckView>, SqlError> =>
  accountIds.length === 0
    ? Effect.succeed([])
    : Effect.map(
        store.sql<CheckRow>`
          SELECT b.account_id, b.business_date, b.minor_units, b.met, b.conflict, b.revision
          FROM unnest(${P.texts(accountIds)}::text[]) WITH ORDINALITY AS a(account_id, position)
          JOIN balance_check b ON b.program = ${store.program} AND b.account_id = a.account_id
            AND b.business_date BETWEEN ${P.date(CalendarMonth.first(month))}
              AND ${P.date(CalendarMonth.last(month))}
            AND b.superseded_at IS NULL
          ORDER BY a.position, b.business_date`,
        (rows) =>
          rows.map((row) => ({
            accountId: row.account_id,
            businessDate: row.business_date,
            minorUnits: row.minor_units,
            met: row.met,
            conflict: row.conflict,
            revision: row.revision
          }))
      )
