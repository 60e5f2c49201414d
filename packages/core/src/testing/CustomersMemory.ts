/**
 * The `Customers` port straight over the pure bank, without a wire: for tests of workflows, and the
 * yardstick of every adapter.
 *
 * **Source** — product rules, "Recipient".
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import { type ContactPermission, Customers, CustomersError } from "../ports/Customers.ts"
import * as SandboxBank from "./SandboxBank.ts"
import * as SandboxBankFeed from "./SandboxBankFeed.ts"
import type * as SandboxPeople from "./SandboxPeople.ts"
import * as SandboxReply from "./SandboxReply.ts"

/** The options of a bank in memory. */
export type BankSetup = Partial<SandboxBank.BankOptions> & Pick<SandboxBank.BankOptions, "months">

const answered = <A, B>(
  reply: SandboxReply.Reply<A>,
  map: (body: A) => B
): Effect.Effect<B, CustomersError> => {
  const read = SandboxReply.read(reply)
  if ("body" in read) return Effect.succeed(map(read.body))
  const { refusal, detail } = read
  const reason = refusal === "NotReady" ? "Unavailable" : refusal
  return Effect.fail(new CustomersError({ reason, detail }))
}

/** The customers of a bank that exists. */
export const of = (bank: SandboxBank.Bank): (typeof Customers)["Service"] => ({
  active: (month, cursor) =>
    Effect.suspend(() => answered(SandboxBankFeed.customers(bank, month, cursor), toCustomers)),
  contact: (ids) =>
    Effect.suspend(() => answered(SandboxBankFeed.contact(bank, ids), (body) => body.contacts)),
  mayContact: (ids) =>
    Effect.suspend(() =>
      answered(SandboxBankFeed.permissions(bank, ids), (body) => body.permissions.map(toPermission))
    )
})

/** A bank's customers without a wire. */
export const make = (options: BankSetup): (typeof Customers)["Service"] =>
  of(SandboxBank.make({ ...SandboxBank.defaults, ...options }))

const toCustomers = (answer: SandboxBankFeed.CustomersAnswer) => ({
  customers: answer.customers.map(({ customerId, accounts }) => ({
    customerId,
    accounts: accounts.map((account) => ({
      accountId: account.accountId,
      primary: account.primary,
      openedOn: account.openedOn === null ? null : BusinessDate.unchecked(account.openedOn),
      closedOn: account.closedOn === null ? null : BusinessDate.unchecked(account.closedOn)
    }))
  })),
  nextCursor: answer.nextCursor
})

const toPermission = (permission: SandboxPeople.Permission): ContactPermission => {
  const { customerId } = permission
  return permission.mayContact
    ? { _tag: "MayContact", customerId, consentKnown: permission.consentKnown }
    : { _tag: "MayNotContact", customerId, kind: permission.kind, reason: permission.reason }
}

/** The port alone. */
export const layerMemory = (options: BankSetup): Layer.Layer<Customers> =>
  Layer.effect(
    Customers,
    Effect.sync(() => make(options))
  )
