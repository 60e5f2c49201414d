/** A decision as the row that keeps it. */
import type {
  BusinessDate,
  CalendarMonth,
  DecisionRecord,
  MonthRow,
  Reach,
  Reason
} from "../Core.ts"
import * as P from "../Parameters.ts"

/** Reasons as text: amounts are bigint, which JSON lacks, so they are written `{"$minor":"…"}`. */
export const encodeReasons = (reasons: ReadonlyArray<Reason.Reason>): string =>
  JSON.stringify(reasons, (_key, value: unknown) =>
    typeof value === "bigint" ? { $minor: value.toString() } : value
  )

export const decodeReasons = (text: string): ReadonlyArray<Reason.Reason> => {
  const reasons: ReadonlyArray<Reason.Reason> = JSON.parse(text, (_key, value: unknown) =>
    typeof value === "object" && value !== null && "$minor" in value
      ? BigInt(String(value.$minor))
      : value
  )
  return reasons
}

export interface DecisionRow {
  readonly customer_id: string
  readonly revision: number
  readonly outcome: DecisionRecord["outcome"]
  readonly reasons: string
  readonly reach: Reach["_tag"] | null
  readonly reach_reason: string | null
  readonly observed: number
  readonly met: number
  readonly derived: number
  readonly waived: number
  readonly account_ids: ReadonlyArray<string>
  readonly opened: BusinessDate.BusinessDate | null
  readonly closed: BusinessDate.BusinessDate | null
  readonly evidence_hash: Uint8Array
  readonly policy_hash: string
  readonly notification_id: string | null
  readonly decided_at: Date
}

/** How a qualified customer can be reached; `null` for any other. */
export const reachOf = (row: Pick<DecisionRow, "reach" | "reach_reason">): Reach | null =>
  row.reach === null
    ? null
    : row.reach === "Reachable"
      ? { _tag: "Reachable" }
      : { _tag: row.reach, reason: row.reach_reason ?? "" }

export const toRecord = (row: DecisionRow): DecisionRecord => ({
  customerId: row.customer_id,
  outcome: row.outcome,
  reasons: decodeReasons(row.reasons),
  reach: reachOf(row),
  observed: row.observed,
  met: row.met,
  derived: row.derived,
  waived: row.waived,
  accountIds: row.account_ids,
  ...(row.opened === null ? {} : { opened: row.opened }),
  ...(row.closed === null ? {} : { closed: row.closed }),
  evidenceHash: new Uint8Array(row.evidence_hash),
  notificationId: row.notification_id
})

/** Same outcome on the same evidence: a re-run leaves the row alone. */
export const isSame = (row: DecisionRow, decision: DecisionRecord): boolean =>
  row.outcome === decision.outcome && sameBytes(row.evidence_hash, decision.evidenceHash)

export const reasonOf = (reach: Reach | null): string | null =>
  reach === null || reach._tag === "Reachable" ? null : reach.reason

const sameBytes = (left: Uint8Array, right: Uint8Array): boolean => {
  if (left.length !== right.length) return false
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false
  return true
}

export interface MonthTableRow {
  readonly month: CalendarMonth.CalendarMonth
  readonly status: MonthRow["status"]
  readonly content_hash: string | null
  readonly approved_by: ReadonlyArray<string>
  readonly decided_at: Date | null
  readonly released_at: Date | null
  readonly closed_at: Date | null
  readonly amended_at: Date | null
  readonly population: bigint
  readonly qualified: bigint
  readonly not_qualified: bigint
  readonly undetermined: bigint
}

export const toMonth = (row: MonthTableRow): MonthRow => ({
  month: row.month,
  status: row.status,
  contentHash: row.content_hash,
  decidedMs: P.msOrNull(row.decided_at),
  releasedMs: P.msOrNull(row.released_at),
  closedMs: P.msOrNull(row.closed_at),
  amendedMs: P.msOrNull(row.amended_at),
  approvedBy: row.approved_by,
  population: Number(row.population),
  qualified: Number(row.qualified),
  notQualified: Number(row.not_qualified),
  undetermined: Number(row.undetermined)
})
