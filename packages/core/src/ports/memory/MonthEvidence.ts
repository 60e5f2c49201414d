/** The month's evidence read from the ledger: the default `BalanceHistory`. */
import * as BusinessDate from "../../calendar/BusinessDate.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import type { EvidenceRequest, MonthEvidence } from "../store/Evidence.ts"
import * as LedgerHash from "../store/LedgerHash.ts"
import type { CheckRow, EarlierRow, MonthLedger, State } from "./State.ts"

interface DayOfAccounts {
  readonly known: boolean
  readonly minorUnits: bigint
  readonly conflict: boolean
}

const unknownDay: DayOfAccounts = { known: false, minorUnits: 0n, conflict: false }

/** An account's days as they were in force at an instant; `undefined` where nothing was yet. */
const asOf = (
  days: ReadonlyArray<CheckRow | undefined>,
  asOfMs: number | undefined
): ReadonlyArray<EarlierRow | undefined> =>
  asOfMs === undefined
    ? days
    : days.map((row) =>
        row === undefined || row.sinceMs <= asOfMs
          ? row
          : row.earlier.findLast(({ sinceMs }) => sinceMs <= asOfMs)
      )

/**
 * The balances of a customer's accounts on one day, as one. The sum needs every account. The
 * highest
 * of several is known when all are, or when one that is known meets the threshold by itself.
 */
const combine = (
  rows: ReadonlyArray<EarlierRow | undefined>,
  rule: EvidenceRequest["combine"],
  thresholdMinor: bigint
): DayOfAccounts => {
  let present = 0
  let conflict = false
  let sum = 0n
  let highest: bigint | undefined
  for (const row of rows) {
    if (row === undefined) continue
    if (row.conflict) {
      conflict = true
      continue
    }
    present++
    sum += row.minorUnits
    if (highest === undefined || row.minorUnits > highest) highest = row.minorUnits
  }
  const all = present === rows.length
  if (rule === "sumOfAccounts") {
    return all && present > 0
      ? { known: true, minorUnits: sum, conflict: false }
      : missing(conflict)
  }
  return highest !== undefined && (all || highest >= thresholdMinor)
    ? { known: true, minorUnits: highest, conflict: false }
    : missing(conflict)
}

const missing = (conflict: boolean): DayOfAccounts =>
  conflict ? { known: false, minorUnits: 0n, conflict } : unknownDay

type EarlierMonths = ReadonlyArray<readonly [CalendarMonth.CalendarMonth, MonthLedger]>

/**
 * The last row of an account before a month, unless it is too old to be carried; the ledger's
 * months are looked at newest first.
 */
const lastBefore = (
  months: EarlierMonths,
  accountId: string,
  { asOfMs, carriesFrom }: EvidenceRequest
): EarlierRow | undefined => {
  for (const [month, ledger] of months) {
    const days = asOf(ledger.accounts.get(accountId) ?? [], asOfMs)
    const last = days.findLastIndex((day) => day !== undefined)
    if (last === -1) continue
    const tooOld = carriesFrom !== undefined && CalendarMonth.dateAt(month, last + 1) < carriesFrom
    return tooOld ? undefined : days[last]
  }
  return undefined
}

const evidenceOf = (
  customer: EvidenceRequest["customers"][number],
  request: EvidenceRequest,
  ledger: MonthLedger | undefined,
  earlier: EarlierMonths
): MonthEvidence => {
  const { customerId, accountIds } = customer
  const days = CalendarMonth.days(request.month)
  const accounts = accountIds.map((accountId) =>
    asOf(ledger?.accounts.get(accountId) ?? [], request.asOfMs)
  )
  const rows: Array<EarlierRow | undefined> = Array.from({ length: accounts.length })
  let observed = 0
  let met = 0
  let conflict = 0
  let worst: { readonly day: number; readonly minorUnits: bigint } | null = null
  for (let day = 0; day < days; day++) {
    for (let i = 0; i < accounts.length; i++) rows[i] = accounts[i]?.[day]
    const combined = combine(rows, request.combine, request.thresholdMinor)
    const bit = 1 << day
    if (combined.conflict) conflict |= bit
    if (!combined.known) continue
    observed |= bit
    if (combined.minorUnits >= request.thresholdMinor) met |= bit
    if (worst === null || combined.minorUnits < worst.minorUnits) {
      worst = { day: day + 1, minorUnits: combined.minorUnits }
    }
  }
  const last = accountIds.map((accountId) => lastBefore(earlier, accountId, request))
  const before = combine(last, request.combine, request.thresholdMinor)
  return {
    customerId,
    observed,
    met,
    conflict,
    before: before.known ? before.minorUnits >= request.thresholdMinor : null,
    worst,
    ledgerHash: hashOf(accountIds, accounts, last)
  }
}

const hashOf = (
  accountIds: ReadonlyArray<string>,
  accounts: ReadonlyArray<ReadonlyArray<EarlierRow | undefined> | undefined>,
  before: ReadonlyArray<EarlierRow | undefined>
): Uint8Array =>
  LedgerHash.ledgerHash(
    accountIds.map((accountId, i) => {
      const balances: Array<LedgerHash.LedgerBalance> = []
      const take = (row: EarlierRow | undefined, day: number): void => {
        if (row === undefined || row.conflict) return
        balances.push({ day, minorUnits: row.minorUnits, revision: row.revision })
      }
      take(before[i], 0)
      const days = accounts[i] ?? []
      for (let day = 0; day < days.length; day++) take(days[day], day + 1)
      return { accountId, balances }
    })
  )

/** What was answered of a month, while no row of it or of an earlier month changes. */
interface Kept {
  readonly changes: number
  readonly answers: Map<string, MonthEvidence>
}

/** A month that misses balances is read again after each capture, mostly to find it as it was. */
const kept = new WeakMap<MonthLedger, Kept>()

const keptOf = (ledger: MonthLedger, earlier: EarlierMonths): Kept => {
  let { changes } = ledger
  for (const [, { changes: before }] of earlier) changes += before
  const known = kept.get(ledger)
  if (known?.changes === changes) return known
  const made: Kept = { changes, answers: new Map() }
  kept.set(ledger, made)
  return made
}

export const monthEvidence = (
  state: Pick<State, "ledgers">,
  request: EvidenceRequest
): ReadonlyArray<MonthEvidence> => {
  const ledger = state.ledgers.get(request.month)
  const earlier = Array.from(state.ledgers.entries())
    .filter(([month]) => month < request.month)
    .toSorted(([left], [right]) => (left < right ? 1 : -1))
  const answer = (customer: EvidenceRequest["customers"][number]): MonthEvidence =>
    evidenceOf(customer, request, ledger, earlier)
  if (ledger === undefined || request.asOfMs !== undefined) return request.customers.map(answer)
  const { answers } = keptOf(ledger, earlier)
  const asked = `${request.combine} ${request.thresholdMinor} ${request.carriesFrom}`
  return request.customers.map((customer) => {
    const key = `${asked} ${customer.customerId} ${customer.accountIds.join(" ")}`
    const known = answers.get(key)
    if (known !== undefined) return known
    const made = answer(customer)
    answers.set(key, made)
    return made
  })
}

/** One customer's balances of a month, account by account, in date order. */
export const checksOf = (
  state: State,
  accountIds: ReadonlyArray<string>,
  month: CalendarMonth.CalendarMonth
) => {
  const ledger = state.ledgers.get(month)
  return accountIds.flatMap((accountId) =>
    (ledger?.accounts.get(accountId) ?? []).flatMap((row, day) =>
      row === undefined
        ? []
        : [
            {
              accountId,
              businessDate: BusinessDate.addDays(CalendarMonth.first(month), day),
              minorUnits: row.minorUnits,
              met: row.met,
              conflict: row.conflict,
              revision: row.revision
            }
          ]
    )
  )
}
