/**
 * The `Customers` port over the default REST contract.
 *
 * **Guarantee** — an id the bank did not answer for, or answered for in two ways, is left out: no
 * answer means no message.
 *
 * **Source** — product rules, Recipient; docs/reference/bank-rest.md.
 */
import {
  type ActiveCustomer,
  type Contact,
  type ContactPermission,
  Customers,
  type CustomersError
} from "@tidemark/core/effect"
import { BusinessDate, type CalendarMonth } from "@tidemark/core/rules"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Client from "./Client.ts"
import * as Config from "./Config.ts"
import * as Wire from "./Wire.ts"
import * as classifyError from "./classifyError.ts"

const readCustomers = Wire.reader(Wire.CustomersPage)
const readContacts = Wire.reader(Wire.Contacts)
const readPermissions = Wire.reader(Wire.Permissions)

const active = (client: Client.Client) =>
  Effect.fn("Customers.active")(function* (
    month: CalendarMonth.CalendarMonth,
    cursor: string | null
  ) {
    const query = new URLSearchParams({ month })
    if (cursor !== null) query.set("cursor", cursor)
    const text = yield* client
      .get(`/v1/customers?${query.toString()}`)
      .pipe(Effect.mapError(classifyError.customers))
    const read = readCustomers(text)
    if (read === undefined) {
      return yield* classifyError.malformedCustomers("the answer is no page of customers")
    }
    if (read.nextCursor !== null && read.nextCursor === cursor) {
      return yield* classifyError.malformedCustomers("the cursor leads to itself")
    }
    for (let index = 1; index < read.customers.length; index++) {
      const before = read.customers[index - 1]?.customerId ?? ""
      if ((read.customers[index]?.customerId ?? "") <= before) {
        return yield* classifyError.malformedCustomers("customers are not in ascending order")
      }
    }
    return { customers: read.customers.map(toCustomer), nextCursor: read.nextCursor }
  })

const toDate = (text: string | null) => (text === null ? null : (BusinessDate.parse(text) ?? null))

const toCustomer = (
  customer: (typeof Wire.CustomersPage.Type)["customers"][number]
): ActiveCustomer => ({
  customerId: customer.customerId,
  accounts: customer.accounts.map(({ accountId, primary, openedOn, closedOn }) => ({
    accountId,
    primary,
    openedOn: toDate(openedOn),
    closedOn: toDate(closedOn)
  }))
})

/** Asks for these ids; the answer's reading is the caller's. */
const ask = <A>(
  client: Client.Client,
  path: string,
  customerIds: ReadonlyArray<string>,
  read: (text: string) => A | undefined
): Effect.Effect<A, CustomersError> =>
  client.post(path, JSON.stringify({ customerIds })).pipe(
    Effect.mapError(classifyError.customers),
    Effect.flatMap((text) => {
      const answer = read(text)
      return answer === undefined
        ? Effect.fail(classifyError.malformedCustomers("the answer is not as the contract says"))
        : Effect.succeed(answer)
    })
  )

/** The answers about ids that were asked for, without those answered for in two ways. */
const agreed = <A extends { readonly customerId: string }>(
  answers: ReadonlyArray<A>,
  customerIds: ReadonlyArray<string>
): ReadonlyArray<A> => {
  const asked = new Set(customerIds)
  const byId = new Map<string, A | null>()
  for (const answer of answers) {
    if (!asked.has(answer.customerId)) continue
    const before = byId.get(answer.customerId)
    const agrees =
      before === undefined ||
      // Decoding has put the fields in one order.
      (before !== null && JSON.stringify(before) === JSON.stringify(answer))
    byId.set(answer.customerId, agrees ? answer : null)
  }
  return [...byId.values()].filter((answer) => answer !== null)
}

const contact = (client: Client.Client) =>
  Effect.fn("Customers.contact")(function* (customerIds: ReadonlyArray<string>) {
    if (customerIds.length === 0) return [] as ReadonlyArray<Contact>
    const path = "/v1/customers/contact"
    const { contacts } = yield* ask(client, path, customerIds, readContacts)
    return agreed<Contact>(contacts, customerIds)
  })

const mayContact = (client: Client.Client) =>
  Effect.fn("Customers.mayContact")(function* (customerIds: ReadonlyArray<string>) {
    if (customerIds.length === 0) return []
    const path = "/v1/customers/permissions"
    const { permissions } = yield* ask(client, path, customerIds, readPermissions)
    return agreed(permissions, customerIds).map(toPermission)
  })

const toPermission = (permission: Wire.Permission): ContactPermission => {
  const { customerId } = permission
  return permission.mayContact
    ? { _tag: "MayContact", customerId, consentKnown: permission.consentKnown }
    : {
        _tag: "MayNotContact",
        customerId,
        kind: permission.kind,
        reason: permission.reason
      }
}

/** The port over a bank's REST API. */
export const layer = (
  given: Pick<Config.BankRestOptions, "url"> & Partial<Config.BankRestOptions>
): Layer.Layer<Customers> =>
  Layer.effect(
    Customers,
    Effect.map(Client.make(Config.options(given)), (client) => ({
      active: active(client),
      contact: contact(client),
      mayContact: mayContact(client)
    }))
  )
