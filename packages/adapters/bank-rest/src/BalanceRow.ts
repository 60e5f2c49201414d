/**
 * One row of a balances page as the row a capture checks, or as a problem that says what is wrong
 * with it and nothing of what is in it.
 *
 * **Source** — product rules, "Money and threshold"; fault list B5 to B8.
 */
import type { FeedProblem } from "@tidemark/core/effect"
import { type BusinessDate, type ClosingBalance, Currency, Money } from "@tidemark/core/rules"

/** The fields of a row before any of them is believed. */
interface Row {
  readonly accountId?: unknown
  readonly amount?: unknown
  readonly currency?: unknown
  readonly kind?: unknown
  readonly businessDate?: unknown
}

const isRow = (item: unknown): item is Row => typeof item === "object" && item !== null

const idOf = (row: Row): string | null => {
  const id = row.accountId
  return typeof id === "string" && id !== "" && id.length <= 64 ? id : null
}

/** An unknown currency still tells what the row was; its amount is read with two decimals. */
const shekel = Currency.parse("ILS")

/**
 * Reads a row. An amount in text that is no amount, and a currency that is none, stay in the row:
 * the capture names them. What cannot be a row at all is a problem.
 *
 * **Outcomes, first match wins**
 * 1. `MISSING_FIELD` — no object, or `accountId`, `amount` or `currency` is absent
 * 2. `WRONG_DATE` — the row names another date than the page
 * 3. `MALFORMED` — an amount that is a JSON number: it may have lost digits on the way; a currency
 *    that is no short text; a kind that is not closing booked
 * 4. the row
 */
export const read = (
  item: unknown,
  businessDate: BusinessDate.BusinessDate,
  where: string
): ClosingBalance.CapturedRow | FeedProblem => {
  if (!isRow(item)) return problem("MISSING_FIELD", null, where, "not an object")
  const accountId = idOf(item)
  if (accountId === null) return problem("MISSING_FIELD", null, where, "no accountId")
  const fault = faultOf(item, businessDate)
  if (fault !== undefined) return problem(fault[0], accountId, where, fault[1])
  const amount = String(item.amount)
  const currency = String(item.currency)
  const format = Currency.parse(currency) ?? shekel
  if (format === undefined) return problem("MALFORMED", accountId, where, "no currency")
  const minorUnits = Money.parseMinorUnits(amount, { currency: format })
  return { accountId, businessDate, minorUnits, currency, kind: "closingBooked" }
}

const problem = (
  code: FeedProblem["code"],
  accountId: string | null,
  where: string,
  message: string
): FeedProblem => ({ code, accountId, where, message })

const isAbsent = (field: unknown): boolean => field === undefined || field === null

const faultOf = (
  row: Row,
  date: BusinessDate.BusinessDate
): readonly [code: FeedProblem["code"], message: string] | undefined => {
  const { amount, currency, kind, businessDate } = row
  if (isAbsent(amount)) return ["MISSING_FIELD", "no amount"]
  if (isAbsent(currency)) return ["MISSING_FIELD", "no currency"]
  if (!isAbsent(businessDate) && businessDate !== date) {
    return ["WRONG_DATE", "another business date than asked for"]
  }
  if (typeof amount !== "string") return ["MALFORMED", "the amount is not text"]
  if (typeof currency !== "string" || currency.length > 16) {
    return ["MALFORMED", "the currency is no code"]
  }
  if (!isAbsent(kind) && kind !== "closingBooked") {
    return ["MALFORMED", "not a closing booked balance"]
  }
  return undefined
}

/** Whether what was read is a row. */
export const isCaptured = (
  row: ClosingBalance.CapturedRow | FeedProblem
): row is ClosingBalance.CapturedRow => "minorUnits" in row
