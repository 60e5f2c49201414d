/**
 * A bank written by hand, customer by customer, for tests that must know every balance. Its answers
 * can be changed between two questions, and it counts what it was asked.
 */
import * as Effect from "effect/Effect"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as Currency from "../../src/money/Currency.ts"
import type { BalancePage, ClosingBalances } from "../../src/ports/ClosingBalances.ts"
import { ClosingBalancesError } from "../../src/ports/ClosingBalances.ts"
import type { ActiveCustomer, Contact, ContactPermission } from "../../src/ports/Customers.ts"
import { type Customers, CustomersError } from "../../src/ports/Customers.ts"

interface HandAccount {
  readonly id: string
  readonly primary?: boolean
  readonly openedOn?: string
  readonly closedOn?: string
}

export interface HandCustomer {
  readonly id: string
  readonly accounts?: ReadonlyArray<HandAccount>
  readonly phone?: string | null
  readonly firstName?: string | null
  readonly language?: string
  readonly permission?: "suppressed" | "excluded"
}

/** Minor units of an account on a date; `null` where the feed has no row. */
export type Balances = (accountId: string, date: string) => bigint | null

/** What goes wrong; each is looked at with every question. */
interface HandFaults {
  balances?: ClosingBalancesError["reason"] | undefined
  customers?: CustomersError["reason"] | undefined
  contact?: CustomersError["reason"] | undefined
  /** Customers the answers about contact leave out. */
  silentAbout: Set<string>
}

const dateOrNull = (text: string | undefined): BusinessDate.BusinessDate | null =>
  text === undefined ? null : BusinessDate.unchecked(text)

const accountsOf = ({ accounts, id }: HandCustomer): ReadonlyArray<HandAccount> =>
  accounts ?? [{ id: `A-${id}`, primary: true }]

const activeOf = (customer: HandCustomer): ActiveCustomer => ({
  customerId: customer.id,
  accounts: accountsOf(customer).map((account) => ({
    accountId: account.id,
    primary: account.primary ?? false,
    openedOn: dateOrNull(account.openedOn),
    closedOn: dateOrNull(account.closedOn)
  }))
})

/** The slice after a cursor that is the number of items before it. */
const paged = <A>(items: ReadonlyArray<A>, cursor: string | null, size: number) => {
  const from = Number(cursor ?? "0")
  const next = from + size
  return { items: items.slice(from, next), next: next < items.length ? String(next) : null }
}

/** Numbers of Israel given to nobody, one per place. */
const phoneAt = (index: number): string => `+97252801${String(index).padStart(4, "0")}`

export const makeHandBank = (
  given: ReadonlyArray<HandCustomer>,
  balanceOf: Balances,
  pageSize = 1000
) => {
  const people = [...given].toSorted((left, right) => (left.id < right.id ? -1 : 1))
  const bank = { balanceOf, control: true }
  const faults: HandFaults = { silentAbout: new Set() }
  const asked = { balances: 0, customers: 0, contact: 0 }
  const failed = (reason: CustomersError["reason"]) =>
    Effect.fail(new CustomersError({ reason, detail: "by hand" }))
  const page = (date: BusinessDate.BusinessDate, cursor: string | null): BalancePage => {
    const rows = people.flatMap(accountsOf).flatMap(({ id }) => {
      const minorUnits = bank.balanceOf(id, date)
      return minorUnits === null ? [] : [{ id, minorUnits }]
    })
    const { items, next } = paged(rows, cursor, pageSize)
    let sumMinor = 0n
    for (const row of rows) sumMinor += row.minorUnits
    return {
      balances: items.map(({ id, minorUnits }) => ({
        accountId: id,
        businessDate: date,
        minorUnits,
        currency: Currency.ils,
        kind: "closingBooked"
      })),
      problems: [],
      nextCursor: next,
      controlTotals: next === null && bank.control ? { count: rows.length, sumMinor } : null
    }
  }
  const balances: (typeof ClosingBalances)["Service"] = {
    page: (date, cursor) =>
      Effect.suspend(() => {
        asked.balances++
        return faults.balances === undefined
          ? Effect.succeed(page(date, cursor))
          : Effect.fail(new ClosingBalancesError({ reason: faults.balances, detail: "by hand" }))
      })
  }
  const find = (ids: ReadonlyArray<string>): ReadonlyArray<HandCustomer> =>
    people.filter(({ id }) => ids.includes(id) && !faults.silentAbout.has(id))
  const customers: (typeof Customers)["Service"] = {
    active: (_, cursor) =>
      Effect.suspend(() => {
        asked.customers++
        if (faults.customers !== undefined) return failed(faults.customers)
        const { items, next } = paged(people, cursor, pageSize)
        return Effect.succeed({ customers: items.map(activeOf), nextCursor: next })
      }),
    contact: (ids) =>
      Effect.suspend(() => {
        asked.contact++
        if (faults.contact !== undefined) return failed(faults.contact)
        return Effect.succeed(
          find(ids).map((person): Contact => ({
            customerId: person.id,
            phone: person.phone === undefined ? phoneAt(people.indexOf(person)) : person.phone,
            firstName: person.firstName ?? "Dana",
            language: person.language ?? "en"
          }))
        )
      }),
    mayContact: (ids) =>
      Effect.suspend(() => {
        if (faults.contact !== undefined) return failed(faults.contact)
        return Effect.succeed(
          find(ids).map(({ id, permission }): ContactPermission =>
            permission === undefined
              ? { _tag: "MayContact", customerId: id, consentKnown: true }
              : { _tag: "MayNotContact", customerId: id, kind: permission, reason: "BY_HAND" }
          )
        )
      })
  }
  /** The customer is another from now on. */
  const change = (id: string, over: Partial<HandCustomer>): void => {
    const index = people.findIndex((person) => person.id === id)
    const person = people[index]
    if (person !== undefined) people[index] = { ...person, ...over }
  }
  return { asked, balances, bank, change, customers, faults, people }
}

export type HandBank = ReturnType<typeof makeHandBank>

/** 20,000.00 every day. */
export const always: Balances = () => 2_000_000n
