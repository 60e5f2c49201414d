/** The ports' memory layers, as the makers their contracts ask for. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import type { CapturedRow } from "../../src/balance/ClosingBalance.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import type { DomainEvent } from "../../src/events/DomainEvent.ts"
import { BalanceHistory } from "../../src/ports/BalanceHistory.ts"
import { ClosingBalances } from "../../src/ports/ClosingBalances.ts"
import { Customers, type MemoryCustomer } from "../../src/ports/Customers.ts"
import { EventPublisher, EventPublisherError } from "../../src/ports/EventPublisher.ts"
import { Operations, OperationsError, type OperationsNotice } from "../../src/ports/Operations.ts"
import { Secrets, SecretsError } from "../../src/ports/Secrets.ts"
import { SmsCarrier } from "../../src/ports/SmsCarrier.ts"
import type { MakeHistory } from "../../src/testing/BalanceHistoryContract.ts"
import type { MakeBalances } from "../../src/testing/closingBalances/Desk.ts"
import type { MakeCustomers } from "../../src/testing/CustomersContract.ts"
import type { MakePublisher } from "../../src/testing/EventPublisherContract.ts"
import type { MakeOperations } from "../../src/testing/OperationsContract.ts"
import type { MakeSecrets } from "../../src/testing/SecretsContract.ts"
import type { MakeCarrier } from "../../src/testing/smsCarrier/Desk.ts"

const built = <I, S, E>(tag: Context.Key<I, S>, layer: Layer.Layer<I, E>) =>
  Effect.map(Layer.build(Layer.fresh(layer)), (context) => Context.get(context, tag))

/** What an honest counterpart is never asked to do. */
const notAsked = Effect.die("an honest counterpart was told to misbehave, or asked for its record")

export const history: MakeHistory = ({ captures }) =>
  Effect.map(built(BalanceHistory, BalanceHistory.layerMemory(captures)), (service) => ({
    history: service
  }))

/** The third of September, and nothing on the closed day: the dates of the contract. */
const september = BusinessDate.unchecked("2026-09-03")

export const balances: MakeBalances = ({ customers, pageSize }) => {
  const rows = Array.from({ length: customers }, (_, index): CapturedRow => ({
    accountId: `A-${index}`,
    businessDate: september,
    minorUnits: BigInt(index) * 100_000n - 1n,
    currency: "ILS",
    kind: "closingBooked"
  }))
  return Effect.map(
    built(ClosingBalances, ClosingBalances.layerMemory(rows, pageSize)),
    (service) => ({ balances: service, tell: () => notAsked })
  )
}

const person = (index: number, month: CalendarMonth.CalendarMonth): MemoryCustomer => {
  const customerId = `C-${String(index + 1).padStart(7, "0")}`
  const account = (n: number) => ({
    accountId: `${customerId}-${n}`,
    primary: n === 1,
    openedOn: index % 20 === 3 ? CalendarMonth.dateAt(month, 9) : null,
    closedOn: index % 20 === 7 ? CalendarMonth.dateAt(month, 21) : null
  })
  return {
    customerId,
    accounts: index % 5 === 0 ? [account(1), account(2)] : [account(1)],
    phone: index % 11 === 0 ? null : "+972501234567",
    firstName: "דנה",
    language: index % 3 === 0 ? null : "he",
    permission:
      index % 50 === 1
        ? { _tag: "MayNotContact", customerId, kind: "suppressed", reason: "opt-out" }
        : { _tag: "MayContact", customerId, consentKnown: false }
  }
}

export const customers: MakeCustomers = ({ customers: count, month, pageSize }) => {
  // Last first, so that the order is the layer's doing.
  const people = Array.from({ length: count }, (_, index) => person(count - 1 - index, month))
  return Effect.map(built(Customers, Customers.layerMemory(people, pageSize)), (service) => ({
    customers: service
  }))
}

export const carrier: MakeCarrier = () =>
  Effect.map(built(SmsCarrier, SmsCarrier.layerMemory), (service) => ({
    carrier: service,
    tell: () => notAsked,
    audit: notAsked
  }))

export const publisher: MakePublisher = ({ outage }) =>
  Effect.gen(function* () {
    const published = yield* Ref.make<ReadonlyArray<DomainEvent>>([])
    const service = yield* built(EventPublisher, EventPublisher.layerMemory(published))
    const error = new EventPublisherError({ reason: "Unavailable", detail: "outage" })
    return {
      publisher: outage ? { publish: () => Effect.fail(error) } : service,
      received: Ref.get(published)
    }
  })

export const operations: MakeOperations = ({ outage }) =>
  Effect.gen(function* () {
    const kept = yield* Ref.make<ReadonlyArray<OperationsNotice>>([])
    const service = yield* built(Operations, Operations.layerMemory(kept))
    const error = new OperationsError({ reason: "Unavailable", detail: "outage" })
    return {
      operations: outage ? { notify: () => Effect.fail(error) } : service,
      told: Ref.get(kept)
    }
  })

export const secrets: MakeSecrets = ({ outage }) =>
  Effect.gen(function* () {
    const service = yield* built(Secrets, Secrets.layerMemory(new Uint8Array(32).fill(7)))
    const unavailable = Effect.fail(new SecretsError({ reason: "Unavailable", detail: "outage" }))
    return {
      secrets: outage
        ? { clientReferenceKey: () => unavailable, dataKey: () => unavailable }
        : service
    }
  })
