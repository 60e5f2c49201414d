/**
 * One row of a balances page as a closing balance, or as a problem that says what is wrong with it
 * and nothing of what is in it.
 *
 * **Source** — product rules, "Money and threshold"; fault list B5 to B8.
 */
import type { FeedProblem } from "@tidemark/core/effect"
import { type BusinessDate, type ClosingBalance, Currency, Money } from "@tidemark/core/rules"

type Row = Readonly<Record<string, unknown>>

const isRow = (item: unknown): item is Row => typeof item === "object" && item !== null

const idOf = (row: Row): string | null => {
  const id = row["accountId"]
  return typeof id === "string" && id !== "" && id.length <= 64 ? id : null
}

/**
 * Reads a row.
 *
 * **Outcomes, first match wins**
 * 1. `MISSING_FIELD` — no object, or a field is absent or empty
 * 2. `WRONG_DATE` — the row names another date than the page
 * 3. `MALFORMED` — an amount that is a JSON number: it may have lost digits on the way
 * 4. `MALFORMED` — a kind that is not closing booked, no currency, no amount by the exact grammar
 * 5. the balance
 */
export const read = (
  item: unknown,
  date: BusinessDate.BusinessDate,
  where: string
): ClosingBalance.ClosingBalance | FeedProblem => {
  const problem = (
    code: FeedProblem["code"],
    accountId: string | null,
    message: string
  ): FeedProblem => ({ code, accountId, where, message })
  if (!isRow(item)) return problem("MISSING_FIELD", null, "not an object")
  const accountId = idOf(item)
  if (accountId === null) return problem("MISSING_FIELD", null, "no accountId")
  const { amount, currency, kind, businessDate } = item as {
    readonly [field: string]: unknown
  } & Record<"amount" | "currency" | "kind" | "businessDate", unknown>
  if (businessDate !== undefined && businessDate !== date) {
    return problem("WRONG_DATE", accountId, "another business date than asked for")
  }
  if (amount === undefined || amount === null || amount === "") {
    return problem("MISSING_FIELD", accountId, "no amount")
  }
  if (typeof amount !== "string") {
    return problem("MALFORMED", accountId, "the amount is not text")
  }
  if (kind !== undefined && kind !== "closingBooked") {
    return problem("MALFORMED", accountId, "not a closing booked balance")
  }
  if (currency === undefined || currency === null || currency === "") {
    return problem("MISSING_FIELD", accountId, "no currency")
  }
  const read = typeof currency === "string" ? Currency.parse(currency) : undefined
  if (read === undefined) return problem("MALFORMED", accountId, "no ISO 4217 currency")
  const minorUnits = Money.parseMinorUnits(amount, { currency: read })
  if (Money.isMalformed(minorUnits)) {
    return problem("MALFORMED", accountId, `the amount is not exact: ${minorUnits.reason}`)
  }
  return { accountId, businessDate: date, minorUnits, currency: read, kind: "closingBooked" }
}

/** Whether a row became a balance. */
export const isBalance = (
  row: ClosingBalance.ClosingBalance | FeedProblem
): row is ClosingBalance.ClosingBalance => "minorUnits" in row
