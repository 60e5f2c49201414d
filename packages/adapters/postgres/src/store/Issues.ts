/** Issues of data quality: each stored and announced once. */
import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import {
  Consequences,
  type DataQualityIssue,
  type ProgramStoreError,
  type RaiseIssues
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Outbox from "./Outbox.ts"
import type { Store } from "./Store.ts"

/** Stores what is not stored yet, announces it by code and date, and counts it with its run. */
export const record = Effect.fnUntraced(function* (
  store: Store,
  nowMs: number,
  runId: string | null,
  correlationId: string,
  issues: ReadonlyArray<DataQualityIssue>
) {
  if (issues.length === 0) return
  const keys = issues.map((issue) => hash("sha256", Consequences.issueKey(issue), "hex"))
  const rows = yield* store.sql<{ readonly key: string }>`
    INSERT INTO data_quality_issue (program, issue_key, run_id, code, severity, business_date,
      account_id, customer_id, detail, raised_at)
    SELECT ${store.program}, decode(t.key, 'hex'), ${P.text(runId)}, t.code, t.severity,
      t.business_date, t.account_id, t.customer_id, t.detail, ${P.instant(nowMs)}
    FROM unnest(
      ${P.texts(keys)}::text[],
      ${P.texts(issues.map((issue) => issue.code))}::text[],
      ${P.texts(issues.map((issue) => issue.severity))}::text[],
      ${P.dates(issues.map((issue) => issue.businessDate))}::date[],
      ${P.texts(issues.map((issue) => issue.accountId))}::text[],
      ${P.texts(issues.map((issue) => issue.customerId))}::text[],
      ${P.texts(issues.map((issue) => issue.detail))}::text[]
    ) AS t(key, code, severity, business_date, account_id, customer_id, detail)
    ON CONFLICT DO NOTHING
    RETURNING encode(issue_key, 'hex') AS key`
  if (rows.length === 0) return
  const added = new Set(rows.map((row) => row.key))
  // Deleting as they are found leaves one of several equal issues of this page.
  const fresh = issues.filter((_, i) => added.delete(keys[i] ?? ""))
  yield* Outbox.announce(store, nowMs, Consequences.issuesRaised(fresh), {
    correlationId,
    causationId: runId ?? correlationId
  })
  if (runId !== null) {
    yield* store.sql`
      UPDATE run SET issues = issues + ${P.integer(fresh.length)}
      WHERE program = ${store.program} AND run_id = ${runId}`
  }
})

export const raiseIssues =
  (store: Store) =>
  (input: RaiseIssues): Effect.Effect<void, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { issues, nowMs } = input
        yield* record(store, nowMs, null, "raiseIssues", issues)
        yield* Outbox.audit(store, {
          atMs: nowMs,
          actor: "quality",
          action: "quality.raise",
          subject: "issues",
          detail: { issues: issues.length }
        })
      })
    )
