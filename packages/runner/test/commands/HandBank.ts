/**
 * A bank written by hand, balance by balance, behind the real wire: what is true stands in the test
 * that tells it, and can change between two questions.
 *
 * **Source** — docs/reference/bank-rest.md.
 */
import type { SandboxReply } from "@tidemark/core/sandbox"
import * as LoopbackServer from "../../src/sandbox/LoopbackServer.ts"

/** A customer with one account, `A-…` beside `C-…`. */
interface HandCustomer {
  readonly id: string
  readonly phone: string
  readonly firstName?: string
  readonly language?: string
}

/** What the bank says of an account on a date, as text; `null`: nothing. */
export type Balances = (accountId: string, date: string) => string | null

/** A bank whose feed may be changed at any time. */
export interface HandBank {
  balanceOf: Balances
  /** Dates on which the feed is empty for everyone. */
  readonly outages: Set<string>
  readonly customers: ReadonlyArray<HandCustomer>
}

/** The account of a customer. */
const accountOf = (customerId: string): string => customerId.replace(/^C/, "A")

const answer = (body: unknown): SandboxReply.Reply<unknown> => ({
  _tag: "Answer",
  body,
  cut: "no"
})

/** Listens as long as its scope lives. */
export const start = (bank: HandBank) =>
  LoopbackServer.start({ port: 0, token: null }, ({ body, method, path, query }) => {
    const asked = idsOf(body)
    const known = bank.customers.filter(({ id }) => asked.includes(id))
    switch (`${method} ${path}`) {
      case "GET /v1/closing-balances":
        return answer(balancesOf(bank, query.get("date") ?? ""))
      case "GET /v1/customers":
        return answer({ customers: bank.customers.map(active), nextCursor: null })
      case "POST /v1/customers/contact":
        return answer({ contacts: known.map(contact) })
      case "POST /v1/customers/permissions":
        return answer({ permissions: known.map(permission) })
      default:
        return { _tag: "Status", status: 404, code: "NOT_FOUND", retryAfterSeconds: null }
    }
  })

const idsOf = (body: unknown): ReadonlyArray<unknown> =>
  typeof body === "object" && body !== null && "customerIds" in body
    ? Array.from(body.customerIds as Iterable<unknown>)
    : []

const balancesOf = (bank: HandBank, businessDate: string) => {
  const items = bank.customers.flatMap(({ id }) => {
    const accountId = accountOf(id)
    const amount = bank.outages.has(businessDate) ? null : bank.balanceOf(accountId, businessDate)
    return amount === null ? [] : [{ accountId, amount, currency: "ILS", kind: "closingBooked" }]
  })
  return { businessDate, items, nextCursor: null, controlTotals: null }
}

const active = ({ id }: HandCustomer) => ({
  customerId: id,
  accounts: [{ accountId: accountOf(id), primary: true, openedOn: null, closedOn: null }]
})

const contact = ({ firstName, id, language, phone }: HandCustomer) => ({
  customerId: id,
  phone,
  firstName: firstName ?? null,
  language: language ?? "he"
})

const permission = ({ id }: HandCustomer) => ({
  customerId: id,
  mayContact: true,
  consentKnown: true
})
