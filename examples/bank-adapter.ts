/**
 * A bank adapter of one's own, over the core system's HTTP interface: `balances`, `customers`
 * of `Tidemark.open`. examples/test/bank-adapter.test.ts holds it to the contracts of the ports.
 *
 * What it throws has a code, so that the program knows what to do: ask again, wait, or escalate.
 */
import { BankError, type HostBalances, type HostContact, type HostCustomers } from "@tidemark/core"

interface BalancesAnswer {
  readonly rows: ReadonlyArray<{ readonly iban: string; readonly closing: string }>
  readonly next: string | null
  readonly total: { readonly rows: number; readonly agorot: string } | null
}

interface CustomersAnswer {
  readonly customers: ReadonlyArray<{
    readonly id: string
    readonly accounts: ReadonlyArray<{
      readonly iban: string
      readonly main: boolean
      readonly from: string | null
      readonly to: string | null
    }>
  }>
  readonly next: string | null
}

interface Consent {
  readonly id: string
  readonly ok: boolean
  readonly known: boolean
  readonly barred: boolean
  readonly why: string
}

export const bankAdapter = (base: string) => {
  const ask = async <A>(path: string, signal: AbortSignal, body?: unknown): Promise<A> => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }
    const response = await fetch(base + path, { ...init, signal })
    if (response.ok) return response.json() as Promise<A>
    throw new BankError(`ClosingBalancesError.${reasons[response.status] ?? "Unavailable"}`, path)
  }
  const balances: HostBalances = {
    page: async (date, cursor, signal) => {
      const from = cursor === null ? "" : `&from=${cursor}`
      const answer = await ask<BalancesAnswer>(`/balances?date=${date}${from}`, signal)
      const { next, rows, total } = answer
      return {
        balances: rows.map(({ closing, iban }) => ({ accountId: iban, amount: closing })),
        nextCursor: next,
        controlTotals: total && { count: total.rows, sumMinor: BigInt(total.agorot) }
      }
    }
  }
  const customers: HostCustomers = {
    active: async (month, cursor, signal) => {
      const from = cursor === null ? "" : `&from=${cursor}`
      const answer = await ask<CustomersAnswer>(`/customers?month=${month}${from}`, signal)
      return {
        customers: answer.customers.map(({ accounts, id }) => ({
          customerId: id,
          accounts: accounts.map((account) => ({
            accountId: account.iban,
            primary: account.main,
            openedOn: account.from,
            closedOn: account.to
          }))
        })),
        nextCursor: answer.next
      }
    },
    contact: (ids, signal) => ask<ReadonlyArray<HostContact>>("/contacts", signal, ids),
    mayContact: async (ids, signal) =>
      (await ask<ReadonlyArray<Consent>>("/consents", signal, ids)).map((consent) => {
        const { barred, id: customerId, known, ok, why: reason } = consent
        if (ok) return { customerId, mayContact: true, consentKnown: known }
        const kind = barred ? "excluded" : "suppressed"
        return { customerId, mayContact: false, kind, reason }
      })
  }
  return { balances, customers }
}

const reasons: { readonly [status: number]: string } = {
  401: "Unauthorized",
  409: "NotReady",
  429: "Throttled"
}
