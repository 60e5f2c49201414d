/**
 * The month's evidence from the ledger. The database gathers the balances in force of a page of
 * accounts into two byte strings, one index range each; the days, the lowest balance and the hash
 * are made of those bytes here.
 *
 * Measured against bit sets and hash bytes made in the database: that costs two and a half times
 * as much, because each of the 31 balances of an account goes through a dozen functions.
 *
 * Several accounts are combined day by day: the sum needs every account; the highest of several is
 * known when all are, or when one that is known meets the threshold by itself.
 */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import {
  CalendarMonth,
  type EvidenceRequest,
  type MonthEvidence,
  type ProgramStoreError
} from "../Core.ts"
import * as P from "../Parameters.ts"
import * as Gathered from "./GatheredBalances.ts"
import type { Store } from "./Store.ts"

/** One account more or less costs little, so that a page is one statement. */
export const monthEvidence =
  (store: Store) =>
  (request: EvidenceRequest): Effect.Effect<ReadonlyArray<MonthEvidence>, ProgramStoreError> =>
    store.query(
      Effect.gen(function* () {
        const accounts = request.customers.flatMap(({ accountIds }) => accountIds)
        return answers(request, yield* gathered(store, request, accounts))
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

/**
 * One index range of the month per account, one probe before it; day 0 is the last balance before
 * the month. The key of a balance and its amount stand at the same place of the two strings.
 */
const gathered = (
  store: Store,
  request: EvidenceRequest,
  accounts: ReadonlyArray<string>
): Effect.Effect<Gathered.Gathered, SqlError> => {
  if (accounts.length === 0) return Effect.succeed(Gathered.none)
  const first = P.date(CalendarMonth.first(request.month))
  const last = P.date(CalendarMonth.last(request.month))
  return Effect.map(
    store.sql<Gathered.Row>`
      SELECT string_agg(int8send(b.minor_units), '') AS amounts,
        string_agg(int8send((a.position - 1) << 32
          | (b.day << 16 | CASE WHEN b.conflict THEN 32768 ELSE 0 END | b.revision)), '') AS keys
      FROM unnest(${P.texts(accounts)}::text[]) WITH ORDINALITY AS a(account_id, position)
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
      ) AS b`,
    (rows) => Gathered.of(rows[0], accounts.length)
  )
}

/** What a page's customers share. */
interface Page {
  readonly request: EvidenceRequest
  readonly gathered: Gathered.Gathered
  readonly hashing: Gathered.Hashing
  /** The threshold's halves, as amounts are compared. */
  readonly upper: number
  readonly lower: number
}

type Days = Omit<MonthEvidence, "customerId" | "ledgerHash">

/** One answer per customer, in the order asked; without any balance everything is empty. */
const answers = (
  request: EvidenceRequest,
  gathered: Gathered.Gathered
): ReadonlyArray<MonthEvidence> => {
  const { customers, thresholdMinor } = request
  const page: Page = {
    request,
    gathered,
    hashing: Gathered.hashing(customers.length),
    upper: Number(thresholdMinor >> 32n),
    lower: Number(BigInt.asUintN(32, thresholdMinor))
  }
  const result: Array<MonthEvidence> = []
  let account = 0
  for (const { accountIds, customerId } of customers) {
    const named = accountIds.map((id, i) => ({ id, account: account + i }))
    if (named.length > 1) named.sort(byBytes)
    const ledgerHash = Gathered.ledgerHash(gathered, page.hashing, result.length, named)
    const found =
      named.length === 1 ? daysOfOne(page, account) : daysOfSeveral(page, account, named.length)
    const { before, conflict, met, observed, worst } = found
    result.push({ customerId, observed, met, conflict, before, worst, ledgerHash })
    account += named.length
  }
  return result
}

const byBytes = (left: Gathered.NamedAccount, right: Gathered.NamedAccount): number =>
  Buffer.compare(Buffer.from(left.id), Buffer.from(right.id))

const isBelow = (upper: number, lower: number, thanUpper: number, thanLower: number): boolean =>
  upper < thanUpper || (upper === thanUpper && lower < thanLower)

/** The short way of nearly every customer: amounts are compared where they lie. */
const daysOfOne = (page: Page, account: number): Days => {
  const { gathered } = page
  let [observed, met, conflict, worstDay, worstPlace] = [0, 0, 0, 0, 0]
  let [worstUpper, worstLower] = [0, 0]
  for (let day = 1; day < Gathered.days; day++) {
    const place = Gathered.placeOf(gathered, account, day)
    if (place === 0) continue
    const bit = 1 << (day - 1)
    if (Gathered.isConflict(gathered, place)) {
      conflict |= bit
      continue
    }
    observed |= bit
    const upper = Gathered.upperOf(gathered, place)
    const lower = Gathered.lowerOf(gathered, place)
    if (!isBelow(upper, lower, page.upper, page.lower)) met |= bit
    if (worstPlace === 0 || isBelow(upper, lower, worstUpper, worstLower)) {
      worstDay = day
      worstPlace = place
      worstUpper = upper
      worstLower = lower
    }
  }
  const last = Gathered.placeOf(gathered, account, 0)
  return {
    observed,
    met,
    conflict,
    before:
      last === 0 || Gathered.isConflict(gathered, last)
        ? null
        : Gathered.amountOf(gathered, last) >= page.request.thresholdMinor,
    worst:
      worstPlace === 0
        ? null
        : { day: worstDay, minorUnits: Gathered.amountOf(gathered, worstPlace) }
  }
}

/** One day of several accounts as one: its amount, or why there is none. */
const combined = (
  { gathered, request }: Page,
  first: number,
  accounts: number,
  day: number
): bigint | "missing" | "conflict" => {
  let [present, conflicts, sum] = [0, 0, 0n]
  let highest: bigint | undefined
  for (let account = first; account < first + accounts; account++) {
    const place = Gathered.placeOf(gathered, account, day)
    if (place === 0) continue
    if (Gathered.isConflict(gathered, place)) {
      conflicts++
      continue
    }
    const amount = Gathered.amountOf(gathered, place)
    present++
    sum += amount
    if (highest === undefined || amount > highest) highest = amount
  }
  const missing = conflicts > 0 ? "conflict" : "missing"
  if (highest === undefined) return missing
  if (request.combine === "sumOfAccounts") return present === accounts ? sum : missing
  return present === accounts || highest >= request.thresholdMinor ? highest : missing
}

const daysOfSeveral = (page: Page, first: number, accounts: number): Days => {
  const { thresholdMinor } = page.request
  let [observed, met, conflict] = [0, 0, 0]
  let worst: MonthEvidence["worst"] = null
  for (let day = 1; day < Gathered.days; day++) {
    const amount = combined(page, first, accounts, day)
    const bit = 1 << (day - 1)
    if (amount === "conflict") conflict |= bit
    if (typeof amount === "string") continue
    observed |= bit
    if (amount >= thresholdMinor) met |= bit
    if (worst === null || amount < worst.minorUnits) worst = { day, minorUnits: amount }
  }
  const last = combined(page, first, accounts, 0)
  const before = typeof last === "string" ? null : last >= thresholdMinor
  return { observed, met, conflict, before, worst }
}
