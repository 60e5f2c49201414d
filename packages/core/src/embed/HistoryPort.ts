/**
 * The bank's own table as a month's evidence: nothing is copied. Either the host gives each
 * account's balances, or it computes the days itself.
 *
 * **Source** — architecture, Ports (`BalanceHistory`); product rules, Days.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import type * as Currency from "../money/Currency.ts"
import * as Money from "../money/Money.ts"
import {
  BalanceHistory,
  BalanceHistoryError,
  type EvidenceRequest,
  type MonthEvidence
} from "../ports/BalanceHistory.ts"
import * as BalanceLedger from "../ports/memory/BalanceLedger.ts"
import * as LedgerEvidence from "../ports/memory/MonthEvidence.ts"
import { Program } from "../workflows/Program.ts"
import { amountOf } from "./BankPorts.ts"
import * as HostCall from "./HostCall.ts"
import type { HostEvidence, HostHistory, HostMonthBalance } from "./HostHistory.ts"

const { list, malformed, record, text } = HostCall

const reasons = ["Unavailable", "Timeout", "Malformed"] as const
const otherwise = { timeout: "Timeout", never: "Malformed", unavailable: "Unavailable" } as const

/** Evidence from the bank's own table instead of the store's ledger. */
export const historyLayer = (
  history: HostHistory,
  timeoutMs: number
): Layer.Layer<BalanceHistory, never, Program> =>
  Layer.effect(
    BalanceHistory,
    Effect.map(Program, ({ policyFor }) =>
      balanceHistory(history, (month) => policyFor(month).policy.balance.currency, timeoutMs)
    )
  )

/** The bank's own table; `currencyOf` gives the currency its amounts are in. */
export const balanceHistory = (
  history: HostHistory,
  currencyOf: (month: CalendarMonth.CalendarMonth) => Currency.Currency,
  timeoutMs: number
): BalanceHistory["Service"] => {
  const call = <A>(
    name: string,
    run: (signal: AbortSignal) => Promise<ReadonlyArray<A>> | ReadonlyArray<A>,
    read: (answer: ReadonlyArray<A>) => ReadonlyArray<MonthEvidence>
  ) =>
    HostCall.ask({
      name: `history.${name}`,
      timeoutMs,
      run,
      read,
      fail: (thrown) =>
        new BalanceHistoryError({
          reason: HostCall.reasonOf(thrown, reasons, otherwise),
          detail: thrown.detail,
          cause: thrown.cause
        })
    })
  const { monthBalances, monthEvidence } = history
  return {
    origin: "bank",
    monthEvidence: (request) =>
      monthEvidence === undefined
        ? call(
            "monthBalances",
            (signal) => monthBalances(balancesRequest(request), signal),
            (answer) => evidenceFrom(answer, request, currencyOf(request.month))
          )
        : call(
            "monthEvidence",
            (signal) => monthEvidence(request, signal),
            (answer) => {
              const rows = list(answer, "evidence")
              return request.customers.map(({ customerId }, i) =>
                evidenceOf(rows[i], customerId, i)
              )
            }
          )
  }
}

const balancesRequest = ({ customers, month }: EvidenceRequest) => ({
  month,
  first: CalendarMonth.first(month),
  last: CalendarMonth.last(month),
  accountIds: Array.from(new Set(customers.flatMap(({ accountIds }) => accountIds)))
})

/** The same rules that read the store's ledger, over the rows of this page alone. */
const evidenceFrom = (
  answer: ReadonlyArray<HostMonthBalance>,
  request: EvidenceRequest,
  currency: Currency.Currency
): ReadonlyArray<MonthEvidence> => {
  const ledgers: BalanceLedger.Ledgers = new Map()
  const rows = list(answer, "balances")
  for (let i = 0; i < rows.length; i++) {
    const place = `balances[${i}]`
    const row = record(rows[i] ?? malformed(place, "a balance"), place)
    const accountId = text(row.accountId, `${place}.accountId`)
    const date = BusinessDate.parse(row.businessDate)
    if (date === undefined) return malformed(`${place}.businessDate`, "a date, YYYY-MM-DD")
    const minorUnits = amountOf(row, currency)
    if (minorUnits === undefined || Money.isMalformed(minorUnits)) {
      return malformed(place, "minorUnits as bigint, or amount as decimal text")
    }
    const { revision = 1 } = row
    if (!Number.isInteger(revision) || revision < 1) {
      return malformed(`${place}.revision`, "a whole number from 1")
    }
    BalanceLedger.state(ledgers, { accountId, businessDate: date, minorUnits, revision })
  }
  return LedgerEvidence.monthEvidence({ ledgers }, request)
}

/** An answer out of order would decide one customer on another's balances. */
const evidenceOf = (
  row: HostEvidence | undefined,
  customerId: string,
  i: number
): MonthEvidence => {
  const place = `evidence[${i}]`
  if (row === undefined || row.customerId !== customerId) {
    return malformed(place, "the customer asked for, in the order asked")
  }
  const { ledgerHash, observed, met } = row
  if (!Number.isInteger(observed) || !Number.isInteger(met) || (met & ~observed) !== 0) {
    return malformed(place, "days met among the days observed, as bit sets")
  }
  if (!(ledgerHash instanceof Uint8Array) || ledgerHash.length !== 32) {
    return malformed(`${place}.ledgerHash`, "32 bytes")
  }
  const { before, worst } = row
  return { customerId, observed, met, conflict: row.conflict ?? 0, before, worst, ledgerHash }
}
