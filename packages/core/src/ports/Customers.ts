/**
 * Who takes part, how they are reached, and whether they may be contacted now.
 *
 * **Guarantee** — `contact` and `mayContact` are asked at the moment of use and never cached beyond
 * it; an id missing from an answer is "no answer", which means no message.
 *
 * **Source** — product rules, Recipient; delivery protocol part 1, guard G.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"

export interface CustomerAccount {
  readonly accountId: string
  readonly primary: boolean
  /** `null`: open since before the program. */
  readonly openedOn: BusinessDate | null
  readonly closedOn: BusinessDate | null
}

/** A customer active on any day of the month, with the accounts that were open on any day of it. */
export interface ActiveCustomer {
  readonly customerId: string
  readonly accounts: ReadonlyArray<CustomerAccount>
}

/** Pages in ascending order of `customerId`, so that a run can resume. */
export interface CustomerPage {
  readonly customers: ReadonlyArray<ActiveCustomer>
  readonly nextCursor: string | null
}

export interface Contact {
  readonly customerId: string
  readonly phone: string | null
  readonly firstName: string | null
  /** BCP 47 primary language, such as `he`; `null`: the policy's. */
  readonly language: string | null
}

export type ContactPermission =
  | { readonly _tag: "MayContact"; readonly customerId: string; readonly consentKnown: boolean }
  | {
      readonly _tag: "MayNotContact"
      readonly customerId: string
      /** `suppressed` stops a message; `excluded` (deceased, legal hold) takes the customer out. */
      readonly kind: "suppressed" | "excluded"
      readonly reason: string
    }

/** All a bank in memory knows of one customer; `permission` `null`: it gives no answer. */
export interface MemoryCustomer extends ActiveCustomer, Contact {
  readonly permission: ContactPermission | null
}

export class CustomersError extends Schema.TaggedError<CustomersError>()("CustomersError", {
  reason: Schema.Literals(["Unavailable", "Timeout", "Throttled", "Unauthorized", "Malformed"]),
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  get isRetryable(): boolean {
    return this.reason !== "Malformed" && this.reason !== "Unauthorized"
  }
  override get message(): string {
    return `customers: ${this.reason}: ${this.detail}`
  }
}

export class Customers extends Context.Service<
  Customers,
  {
    readonly active: (
      month: CalendarMonth.CalendarMonth,
      cursor: string | null
    ) => Effect.Effect<CustomerPage, CustomersError>
    readonly contact: (
      customerIds: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<Contact>, CustomersError>
    readonly mayContact: (
      customerIds: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<ContactPermission>, CustomersError>
  }
>()("@tidemark/core/ports/Customers") {
  /** A bank that has these customers, `pageSize` to a page. */
  static readonly layerMemory = (
    customers: ReadonlyArray<MemoryCustomer>,
    pageSize = 1000
  ): Layer.Layer<Customers> =>
    Layer.sync(Customers, () => {
      const known = new Map(customers.map((customer) => [customer.customerId, customer]))
      const inOrder = Array.from(known.values()).toSorted((left, right) =>
        left.customerId < right.customerId ? -1 : 1
      )
      const asked = (ids: ReadonlyArray<string>) =>
        ids.flatMap((customerId) => known.get(customerId) ?? [])
      return {
        active: (month, cursor) =>
          Effect.sync(() => {
            const found = inOrder.flatMap((customer) => activeIn(month, customer))
            const rest =
              cursor === null ? found : found.filter(({ customerId }) => customerId > cursor)
            const page = rest.slice(0, pageSize)
            const last = page.at(-1)?.customerId ?? null
            return { customers: page, nextCursor: rest.length > pageSize ? last : null }
          }),
        contact: (ids) =>
          Effect.sync(() =>
            asked(ids).map(({ customerId, firstName, language, phone }) => ({
              customerId,
              phone,
              firstName,
              language
            }))
          ),
        mayContact: (ids) =>
          Effect.sync(() => asked(ids).flatMap(({ permission }) => permission ?? []))
      }
    })
}

const activeIn = (
  month: CalendarMonth.CalendarMonth,
  { accounts, customerId }: ActiveCustomer
): ReadonlyArray<ActiveCustomer> => {
  const open = accounts.filter(
    ({ closedOn, openedOn }) =>
      (openedOn === null || openedOn <= CalendarMonth.last(month)) &&
      (closedOn === null || closedOn >= CalendarMonth.first(month))
  )
  return open.length === 0 ? [] : [{ customerId, accounts: open }]
}
