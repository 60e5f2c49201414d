/**
 * A bank of any size that is computed and never kept: customer `n` has account `n`, two of three
 * customers hold the balance on every day, each third falls below it on one day of the month.
 */
import {
  ClosingBalances,
  type Contact,
  type CustomerPage,
  Customers,
  PolicyDocument
} from "@tidemark/core/effect"
import { CalendarMonth, Currency, type ProgramPolicy } from "@tidemark/core/rules"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Rows to a page of the bank's. */
export const pageRows = 5_000

const read = <A>(value: A | undefined, what: string): A => {
  if (value === undefined) throw new Error(`not a ${what}`)
  return value
}

/** The month everything is about; it has 31 days. */
export const month = read(CalendarMonth.parse("2026-10"), "month")

/** 01:00 on 1 November in Jerusalem: every date of the month can have been captured. */
export const monthEndMs = Date.parse("2026-10-31T23:00:00Z")

/** 09:00 on that Sunday: the send window opens. */
export const opensMs = Date.parse("2026-11-01T07:00:00Z")

const readPolicy = (): ProgramPolicy.PinnedPolicy => {
  const document = {
    // Every day is captured, so that a month is 31 balances.
    balance: { carryForward: "none" },
    message: { messageClass: "service", bankName: "Bank Sandbox" },
    qualification: { approval: "automatic" },
    schedule: { startsOn: "2026-09-30" }
  }
  const pinned = PolicyDocument.read(JSON.stringify(document), month)
  if ("_tag" in pinned) throw new Error(JSON.stringify(pinned.problems))
  return pinned
}

export const policy = readPolicy()

/** Minor units that must be there on every day. */
export const threshold = policy.policy.balance.thresholdMinorUnits

const padded = (n: number): string => String(n).padStart(9, "0")

/** Ids sort as their numbers do. */
export const accountOf = (n: number): string => `A-${padded(n)}`

/** Minor units of account `n` on a day of the month. */
export const minorUnitsOf = (n: number, day: number): bigint =>
  n % 3 === 2 && day === 1 + (n % 28) ? threshold - 1n : threshold + BigInt(n % 1_000)

/** The SQL of the same, for accounts `n` of `generate_series` and a date `d`. */
export const minorUnitsSql = `CASE WHEN n % 3 = 2 AND extract(day FROM d) = 1 + n % 28
  THEN ${threshold - 1n} ELSE ${threshold} + n % 1000 END::bigint`

/** Its balances of a date, page by page; without control totals, which a bank may not have. */
export const balances = (customers: number): Layer.Layer<ClosingBalances> =>
  Layer.succeed(ClosingBalances, {
    page: (businessDate, cursor) =>
      Effect.sync(() => {
        const from = Number(cursor ?? "0")
        const to = Math.min(customers, from + pageRows)
        const day = Number(businessDate.slice(8))
        return {
          balances: Array.from({ length: to - from }, (_, index) => ({
            accountId: accountOf(from + index),
            businessDate,
            minorUnits: minorUnitsOf(from + index, day),
            currency: Currency.ils,
            kind: "closingBooked" as const
          })),
          problems: [],
          nextCursor: to < customers ? String(to) : null,
          controlTotals: null
        }
      })
  })

const customerPage = (customers: number, cursor: string | null): CustomerPage => {
  const from = Number(cursor ?? "0")
  const to = Math.min(customers, from + pageRows)
  return {
    customers: Array.from({ length: to - from }, (_, index) => ({
      customerId: `C-${padded(from + index)}`,
      accounts: [
        { accountId: accountOf(from + index), primary: true, openedOn: null, closedOn: null }
      ]
    })),
    nextCursor: to < customers ? String(to) : null
  }
}

/** A number of a range that is given to nobody. */
const contactOf = (customerId: string): Contact => ({
  customerId,
  phone: `+97252801${customerId.slice(-4)}`,
  firstName: "Dana",
  language: "en"
})

/** Its customers; everyone may be told. */
export const customers = (count: number): Layer.Layer<Customers> =>
  Layer.succeed(Customers, {
    active: (_, cursor) => Effect.sync(() => customerPage(count, cursor)),
    contact: (ids) => Effect.sync(() => ids.map(contactOf)),
    mayContact: (ids) =>
      Effect.sync(() =>
        ids.map((customerId) => ({
          _tag: "MayContact" as const,
          customerId,
          consentKnown: true
        }))
      )
  })
