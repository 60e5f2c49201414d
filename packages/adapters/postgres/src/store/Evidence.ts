/**
 * The month's evidence from the ledger: days as bit sets, computed where the balances are.
 *
 * A customer with one account takes the short way: one index range. Several accounts are combined
 * day by day: the sum needs every account; the highest of several is known when all are, or when
 * one that is known meets the threshold by itself.
 */
import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import {
  CalendarMonth,
  type EvidenceRequest,
  type MonthEvidence,
  type ProgramStoreError
} from "../Core.ts"
import * as P from "../Parameters.ts"
import type { Store } from "./Store.ts"

interface EvidenceRow {
  readonly position: number
  readonly observed: number
  readonly met: number
  readonly conflict: number
  readonly before: boolean | null
  readonly worst_day: number | null
  readonly worst_minor: bigint | string | null
  readonly ledger_hash: Uint8Array
}

/** Positions in the request with their accounts, flattened. */
interface Pairs {
  readonly positions: Array<number>
  readonly accounts: Array<string>
}

export const monthEvidence =
  (store: Store) =>
  (request: EvidenceRequest): Effect.Effect<ReadonlyArray<MonthEvidence>, ProgramStoreError> =>
    store.query(
      Effect.gen(function* () {
        const single: Pairs = { positions: [], accounts: [] }
        const several: Pairs = { positions: [], accounts: [] }
        for (let i = 0; i < request.customers.length; i++) {
          const accounts = request.customers[i]?.accountIds ?? []
          const pairs = accounts.length === 1 ? single : several
          for (const account of accounts) {
            pairs.positions.push(i)
            pairs.accounts.push(account)
          }
        }
        return answers(
          request,
          yield* oneAccount(store, request, single),
          yield* severalAccounts(store, request, several)
        )
      })
    )

/** The revision in force: now, or at the instant asked for. */
const inForce = ({ sql }: Store, { asOfMs }: EvidenceRequest) =>
  asOfMs === undefined
    ? sql`b.superseded_at IS NULL`
    : sql`b.captured_at <= ${P.instant(asOfMs)}
        AND (b.superseded_at IS NULL OR b.superseded_at > ${P.instant(asOfMs)})`

/** Before the month, and not too old to be carried into it. */
const carried = ({ sql }: Store, { carriesFrom, month }: EvidenceRequest) => {
  const before = sql`b.business_date < ${P.date(CalendarMonth.first(month))}`
  return carriesFrom === undefined
    ? before
    : sql`${before} AND b.business_date >= ${P.date(carriesFrom)}`
}

/** One row per customer: one index range of the month, one probe before it. */
const oneAccount = (
  store: Store,
  request: EvidenceRequest,
  pairs: Pairs
): Effect.Effect<ReadonlyArray<EvidenceRow>, SqlError> => {
  if (pairs.positions.length === 0) return Effect.succeed([])
  const first = P.date(CalendarMonth.first(request.month))
  const last = P.date(CalendarMonth.last(request.month))
  const threshold = P.bigint(request.thresholdMinor)
  return store.sql<EvidenceRow>`
    SELECT a.position, d.observed, d.met, d.conflict,
      CASE WHEN NOT before.conflict THEN before.minor_units >= ${threshold} END AS before,
      d.worst[2]::integer AS worst_day, d.worst[1] AS worst_minor,
      sha256(coalesce(CASE WHEN NOT before.conflict THEN a.prefix || '\\x0000'::bytea
          || int8send(before.minor_units) || int4send(before.revision) END, '')
        || coalesce(d.ledger, '')) AS ledger_hash
    FROM (
      SELECT position, account_id,
        int4send(octet_length(convert_to(account_id, 'UTF8'))) || convert_to(account_id, 'UTF8')
          AS prefix
      FROM unnest(
        ${P.integers(pairs.positions)}::integer[], ${P.texts(pairs.accounts)}::text[]
      ) AS a(position, account_id)
    ) AS a
    CROSS JOIN LATERAL (
      SELECT
        coalesce(bit_or(1 << (b.day - 1)) FILTER (WHERE NOT b.conflict), 0) AS observed,
        coalesce(bit_or(1 << (b.day - 1))
          FILTER (WHERE NOT b.conflict AND b.minor_units >= ${threshold}), 0) AS met,
        coalesce(bit_or(1 << (b.day - 1)) FILTER (WHERE b.conflict), 0) AS conflict,
        min(ARRAY[b.minor_units, b.day]) FILTER (WHERE NOT b.conflict) AS worst,
        string_agg(a.prefix || int2send(b.day::smallint) || int8send(b.minor_units)
          || int4send(b.revision), '') FILTER (WHERE NOT b.conflict) AS ledger
      FROM (
        SELECT b.minor_units, b.conflict, b.revision::integer AS revision,
          b.business_date - ${first} + 1 AS day
        FROM balance_check b
        WHERE b.program = ${store.program} AND b.account_id = a.account_id
          AND b.business_date BETWEEN ${first} AND ${last} AND ${inForce(store, request)}
        ORDER BY b.business_date
      ) AS b
    ) AS d
    LEFT JOIN LATERAL (
      SELECT b.minor_units, b.conflict, b.revision::integer AS revision
      FROM balance_check b
      WHERE b.program = ${store.program} AND b.account_id = a.account_id
        AND ${carried(store, request)} AND ${inForce(store, request)}
      ORDER BY b.business_date DESC LIMIT 1
    ) AS before ON true`
}

interface BalanceRow {
  readonly position: number
  readonly account_id: string
  /** 0 is the last balance before the month. */
  readonly day: number
  readonly minor_units: bigint
  readonly revision: number
  readonly conflict: boolean
}

/** Customers with several accounts are few: their balances are read and combined here. */
const severalAccounts = (
  store: Store,
  request: EvidenceRequest,
  pairs: Pairs
): Effect.Effect<ReadonlyArray<BalanceRow>, SqlError> => {
  if (pairs.positions.length === 0) return Effect.succeed([])
  const first = P.date(CalendarMonth.first(request.month))
  const last = P.date(CalendarMonth.last(request.month))
  return store.sql<BalanceRow>`
    SELECT a.position, a.account_id, b.day, b.minor_units, b.revision, b.conflict
    FROM unnest(
      ${P.integers(pairs.positions)}::integer[], ${P.texts(pairs.accounts)}::text[]
    ) AS a(position, account_id)
    CROSS JOIN LATERAL (
      SELECT b.business_date - ${first} + 1 AS day, b.minor_units,
        b.revision::integer AS revision, b.conflict
      FROM balance_check b
      WHERE b.program = ${store.program} AND b.account_id = a.account_id
        AND b.business_date BETWEEN ${first} AND ${last} AND ${inForce(store, request)}
      UNION ALL
      (SELECT 0, b.minor_units, b.revision::integer, b.conflict
      FROM balance_check b
      WHERE b.program = ${store.program} AND b.account_id = a.account_id
        AND ${carried(store, request)} AND ${inForce(store, request)}
      ORDER BY b.business_date DESC LIMIT 1)
    ) AS b
    ORDER BY a.position, a.account_id COLLATE "C", b.day`
}

/** One day of several accounts as one: its amount, or why there is none. */
type CombinedDay = bigint | "missing" | "conflict"

const combine = (
  rows: ReadonlyArray<BalanceRow>,
  accounts: number,
  request: EvidenceRequest
): CombinedDay => {
  let present = 0
  let sum = 0n
  let highest: bigint | undefined
  for (const { conflict, minor_units: minor } of rows) {
    if (conflict) continue
    present++
    sum += minor
    if (highest === undefined || minor > highest) highest = minor
  }
  const missing = rows.length > present ? "conflict" : "missing"
  if (highest === undefined) return missing
  if (request.combine === "sumOfAccounts") return present === accounts ? sum : missing
  return present === accounts || highest >= request.thresholdMinor ? highest : missing
}

const evidenceOf = (
  customer: EvidenceRequest["customers"][number],
  rows: ReadonlyArray<BalanceRow>,
  request: EvidenceRequest
): MonthEvidence => {
  const byDay = new Map<number, Array<BalanceRow>>()
  for (const row of rows) {
    const known = byDay.get(row.day)
    if (known === undefined) byDay.set(row.day, [row])
    else known.push(row)
  }
  let observed = 0
  let met = 0
  let conflict = 0
  let before: boolean | null = null
  let worst: MonthEvidence["worst"] = null
  for (const day of [...byDay.keys()].toSorted((left, right) => left - right)) {
    const amount = combine(byDay.get(day) ?? [], customer.accountIds.length, request)
    const bit = 1 << (day - 1)
    if (amount === "conflict" && day > 0) conflict |= bit
    if (typeof amount === "string") continue
    const meets = amount >= request.thresholdMinor
    if (day === 0) {
      before = meets
      continue
    }
    observed |= bit
    if (meets) met |= bit
    if (worst === null || amount < worst.minorUnits) worst = { day, minorUnits: amount }
  }
  const { customerId } = customer
  return { customerId, observed, met, conflict, before, worst, ledgerHash: ledgerHash(rows) }
}

/** The layout is the port's; the rows come in its order. */
const ledgerHash = (rows: ReadonlyArray<BalanceRow>): Uint8Array => {
  const parts: Array<Buffer> = []
  for (const row of rows) {
    if (row.conflict) continue
    const account = Buffer.from(row.account_id, "utf8")
    const bytes = Buffer.alloc(4 + account.length + 14)
    bytes.writeUInt32BE(account.length, 0)
    account.copy(bytes, 4)
    const at = 4 + account.length
    bytes.writeUInt16BE(row.day, at)
    bytes.writeBigInt64BE(row.minor_units, at + 2)
    bytes.writeUInt32BE(row.revision, at + 10)
    parts.push(bytes)
  }
  return new Uint8Array(hash("sha256", Buffer.concat(parts), "buffer"))
}

const emptyHash = ledgerHash([])

/** One answer per customer, in the order asked; without any balance everything is empty. */
const answers = (
  request: EvidenceRequest,
  single: ReadonlyArray<EvidenceRow>,
  several: ReadonlyArray<BalanceRow>
): ReadonlyArray<MonthEvidence> => {
  const result: Array<MonthEvidence> = []
  for (const { customerId } of request.customers) {
    const none = { observed: 0, met: 0, conflict: 0, before: null, worst: null }
    result.push({ customerId, ...none, ledgerHash: emptyHash })
  }
  for (const row of single) {
    const customerId = request.customers[row.position]?.customerId
    if (customerId === undefined) continue
    const { before, conflict, met, observed, worst_day: day, worst_minor: minor } = row
    const worst = day === null || minor === null ? null : { day, minorUnits: BigInt(minor) }
    const ledgerHash = row.ledger_hash
    result[row.position] = { customerId, observed, met, conflict, before, worst, ledgerHash }
  }
  for (let from = 0; from < several.length;) {
    const position = several[from]?.position ?? 0
    let to = from
    while (several[to]?.position === position) to++
    const customer = request.customers[position]
    if (customer !== undefined) {
      result[position] = evidenceOf(customer, several.slice(from, to), request)
    }
    from = to
  }
  return result
}
