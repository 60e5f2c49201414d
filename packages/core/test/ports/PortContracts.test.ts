/** Layers that each break one rule on purpose: the contracts must notice every one of them. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { assert, describe, it } from "vitest"
import type { MonthEvidence } from "../../src/ports/BalanceHistory.ts"
import { SecretsError } from "../../src/ports/Secrets.ts"
import { failedBalanceHistoryChecks } from "../../src/testing/BalanceHistoryContract.ts"
import { failedClosingBalancesChecks } from "../../src/testing/ClosingBalancesContract.ts"
import type { Make } from "../../src/testing/Contract.ts"
import { failedCustomersChecks } from "../../src/testing/CustomersContract.ts"
import { failedEventPublisherChecks } from "../../src/testing/EventPublisherContract.ts"
import { failedOperationsChecks } from "../../src/testing/OperationsContract.ts"
import { failedSecretsChecks } from "../../src/testing/SecretsContract.ts"
import { failedSmsCarrierChecks } from "../../src/testing/SmsCarrierContract.ts"
import * as memory from "./memoryLayers.ts"

type Failed<S, D> = (make: Make<S, D>) => Effect.Effect<ReadonlyArray<string>>
type Case<D> = readonly [breaks: string, change: (desk: D) => D, caughtBy: string]

/** One contract: a sound layer passes, and each broken one fails at least the policy it breaks. */
const notices = <S, D>(
  port: string,
  failed: Failed<S, D>,
  make: Make<S, D>,
  cases: ReadonlyArray<Case<D>>
): void => {
  describe(`the contract of ${port}`, () => {
    it("finds nothing wrong with the memory layer", async () => {
      assert.deepStrictEqual(await Effect.runPromise(failed(make)), [])
    })
    for (const [breaks, change, caughtBy] of cases) {
      it(`notices ${breaks}`, async () => {
        const found = await Effect.runPromise(
          failed((setup) => Effect.map(make(setup), (desk) => change(desk)))
        )
        assert.include(found, caughtBy)
      })
    }
  })
}

const evidence =
  (change: (each: MonthEvidence) => MonthEvidence) =>
  <D extends { readonly history: Parameters<typeof historyOf>[0] }>(desk: D): D => ({
    ...desk,
    history: historyOf(desk.history, (found) => found.map(change))
  })

const historyOf = (
  history: Effect.Success<ReturnType<typeof memory.history>>["history"],
  change: (found: ReadonlyArray<MonthEvidence>) => ReadonlyArray<MonthEvidence>
): typeof history => ({
  origin: "bank",
  monthEvidence: (request) => Effect.map(history.monthEvidence(request), change)
})

notices("BalanceHistory", failedBalanceHistoryChecks, memory.history, [
  [
    "a history that leaves out whom it does not know",
    (desk) => ({
      history: historyOf(desk.history, (all) => all.filter(({ observed }) => observed !== 0))
    }),
    "answers once per customer asked for, in the order asked, even about unknown accounts"
  ],
  [
    "answers in the order of the ids",
    (desk) => ({
      history: historyOf(desk.history, (all) =>
        all.toSorted((left, right) => (left.customerId < right.customerId ? -1 : 1))
      )
    }),
    "answers once per customer asked for, in the order asked, even about unknown accounts"
  ],
  [
    "a threshold that must be exceeded",
    (desk) => ({
      history: {
        origin: "bank" as const,
        monthEvidence: (request) =>
          desk.history.monthEvidence({ ...request, thresholdMinor: request.thresholdMinor + 1n })
      }
    }),
    "meets at exactly the threshold and not one unit below, each day its own bit"
  ],
  [
    "a conflict that is observed all the same",
    evidence((each) => ({ ...each, observed: each.observed | each.conflict })),
    "calls two amounts in one capture a conflict, and the day not observed"
  ],
  [
    "bits that start at zero",
    evidence((each) => ({ ...each, observed: each.observed << 1 })),
    "meets at exactly the threshold and not one unit below, each day its own bit"
  ],
  [
    "a worst day that is the last of equals",
    evidence((each) => ({ ...each, worst: each.worst && { ...each.worst, day: 9 } })),
    "names the lowest day the worst, the earliest of equals, negative below nothing"
  ],
  [
    "a balance carried in that nobody had",
    evidence((each) => ({ ...each, before: each.before ?? false })),
    "tells whether the last balance before the month met, however long ago it was"
  ],
  [
    "a hash over something else",
    evidence((each) => ({ ...each, ledgerHash: each.ledgerHash.toReversed() })),
    "hashes the balances in force, ordered by the bytes of the account id, conflicts left out"
  ],
  [
    "a history that takes the first account for all",
    (desk) => ({
      history: {
        origin: "bank" as const,
        monthEvidence: (request) =>
          desk.history.monthEvidence({
            ...request,
            customers: request.customers.map(({ accountIds, customerId }) => ({
              customerId,
              accountIds: accountIds.slice(0, 1)
            }))
          })
      }
    }),
    "sum of accounts: every account must be known"
  ]
])

notices("ClosingBalances", (make) => failedClosingBalancesChecks(make, "honest"), memory.balances, [
  [
    "a page that is cut short",
    (desk) => ({
      ...desk,
      balances: {
        page: (date, cursor) =>
          Effect.map(desk.balances.page(date, cursor), (page) => ({
            ...page,
            balances: page.balances.slice(1)
          }))
      }
    }),
    "gives every account once over its pages, and control totals that agree"
  ],
  [
    "a cursor that lives in the adapter",
    (desk) => {
      let asked = 0
      return {
        ...desk,
        balances: {
          page: (date) => desk.balances.page(date, String(20 * Math.min(2, asked++)))
        }
      }
    },
    "gives the same page when it is asked again"
  ],
  [
    "rows on a day the bank is closed",
    (desk) => ({
      ...desk,
      balances: {
        page: (_, cursor) => {
          const open = "2026-09-03"
          return desk.balances.page(open as Parameters<typeof desk.balances.page>[0], cursor)
        }
      }
    }),
    "is empty, and no failure, on a day the bank is closed"
  ]
])

notices("Customers", (make) => failedCustomersChecks(make, "honest"), memory.customers, [
  [
    "pages in no order",
    (desk) => ({
      customers: {
        ...desk.customers,
        active: (month, cursor) =>
          Effect.map(desk.customers.active(month, cursor), (page) => ({
            ...page,
            customers: page.customers.toReversed()
          }))
      }
    }),
    "gives each active customer once, in ascending order, with a primary account"
  ],
  [
    "a population that never changes",
    (desk) => {
      const { active } = desk.customers
      const september = "2026-09" as Parameters<typeof active>[0]
      return {
        customers: { ...desk.customers, active: (_, cursor) => active(september, cursor) }
      }
    },
    "says when an account was opened or closed, and leaves out who was not active"
  ],
  [
    "a permission for somebody unknown",
    (desk) => ({
      customers: {
        ...desk.customers,
        mayContact: (ids) =>
          Effect.succeed(
            ids.map((customerId) => ({ _tag: "MayContact", customerId, consentKnown: true }))
          )
      }
    }),
    "answers for the ids asked for, and leaves unknown ones out"
  ],
  [
    "a refusal without a reason",
    (desk) => ({
      customers: {
        ...desk.customers,
        mayContact: (ids) =>
          Effect.map(desk.customers.mayContact(ids), (all) =>
            all.map((each) => (each._tag === "MayNotContact" ? { ...each, reason: "" } : each))
          )
      }
    }),
    "tells absent data as null, and who may not be contacted with the reason"
  ]
])

notices("SmsCarrier", (make) => failedSmsCarrierChecks(make, "honest"), memory.carrier, [
  [
    "outcomes that leave one out",
    (desk) => ({
      ...desk,
      carrier: {
        ...desk.carrier,
        submit: (batch) => Effect.map(desk.carrier.submit(batch), (all) => all.slice(1))
      }
    }),
    "gives one outcome per message, matched by reference"
  ],
  [
    "a carrier that writes after the deadline",
    (desk) => ({
      ...desk,
      carrier: {
        ...desk.carrier,
        submit: (batch) =>
          desk.carrier.submit({ ...batch, deadline: { ...batch.deadline, allowedMs: 60_000 } })
      }
    }),
    "has no outcome for an empty batch, and sends nothing late"
  ],
  [
    "keys that are declared and not kept",
    (desk) => {
      let unique = 0
      return {
        ...desk,
        carrier: {
          ...desk.carrier,
          submit: (batch) =>
            desk.carrier.submit({
              ...batch,
              messages: batch.messages.map((message) => ({
                ...message,
                idempotencyKey: String(unique++)
              }))
            })
        }
      }
    },
    "takes the same bytes under the same key for the same message"
  ],
  [
    "a look-up that says nothing of what it does not know",
    (desk) => ({
      ...desk,
      carrier: {
        ...desk.carrier,
        lookup: (references) =>
          Effect.map(desk.carrier.lookup(references), (all) =>
            all.filter(({ _tag }) => _tag === "Found")
          )
      }
    }),
    "answers once per reference, found or not"
  ]
])

notices("EventPublisher", failedEventPublisherChecks, memory.publisher, [
  [
    "a publisher that goes by type",
    (desk) => ({
      ...desk,
      publisher: {
        publish: (events) =>
          desk.publisher.publish(events.filter(({ type }) => type === "DeliveryConfirmed"))
      }
    }),
    "brings every event unchanged, whatever its type"
  ],
  [
    "events out of order",
    (desk) => ({
      ...desk,
      publisher: { publish: (events) => desk.publisher.publish(events.toReversed()) }
    }),
    "keeps the order of the events, within a call and between calls"
  ],
  [
    "a new id at each publication",
    (desk) => {
      let unique = 0
      return {
        ...desk,
        publisher: {
          publish: (events) =>
            desk.publisher.publish(events.map((each) => ({ ...each, id: String(unique++) })))
        }
      }
    },
    "may bring an event again, always under the same id"
  ],
  [
    "an outage nobody hears of",
    (desk) => ({
      ...desk,
      publisher: { publish: (events) => Effect.ignore(desk.publisher.publish(events)) }
    }),
    "reports an outage as an error to be tried again, never as published"
  ]
])

notices("Operations", failedOperationsChecks, memory.operations, [
  [
    "notices about customers only",
    (desk) => ({
      ...desk,
      operations: {
        notify: (notices) =>
          desk.operations.notify(notices.filter(({ customerId }) => customerId !== null))
      }
    }),
    "tells every notice as it is, with or without a customer"
  ],
  [
    "a second escalation for a notice told again",
    (desk) => {
      let unique = 0
      return {
        ...desk,
        operations: {
          notify: (notices) =>
            desk.operations.notify(
              notices.map((each) => ({ ...each, escalationId: String(unique++) }))
            )
        }
      }
    },
    "is one escalation however often it is told"
  ],
  [
    "an outage nobody hears of",
    (desk) => ({
      ...desk,
      operations: { notify: (notices) => Effect.ignore(desk.operations.notify(notices)) }
    }),
    "reports an outage as an error to be tried again, never as told"
  ]
])

const key = (id: string, byte: number, length = 32) =>
  Effect.succeed({ id, key: Redacted.make(new Uint8Array(length).fill(byte)) })

notices("Secrets", failedSecretsChecks, memory.secrets, [
  [
    "a key too short",
    () => ({
      secrets: { clientReferenceKey: () => key("r", 1, 16), dataKey: () => key("d", 2, 16) }
    }),
    "is long enough and has a name, in every month"
  ],
  [
    "a reference key that rotates within the month",
    ({ secrets }) => {
      let byte = 0
      return { secrets: { ...secrets, clientReferenceKey: () => key("r", byte++) } }
    },
    "never changes within a month"
  ],
  [
    "one name for the keys of all months",
    ({ secrets }) => ({
      secrets: {
        ...secrets,
        clientReferenceKey: (month) => key("r", Number(month.slice(-1)))
      }
    }),
    "under one name is one key, whatever the month"
  ],
  [
    "a data key that is not found again",
    ({ secrets }) => {
      let byte = 0
      return { secrets: { ...secrets, dataKey: () => key("d", byte++) } }
    },
    "of today is found again by its name"
  ],
  [
    "any data key for any name",
    ({ secrets }) => ({ secrets: { ...secrets, dataKey: () => secrets.dataKey() } }),
    "of a name nobody gave is missing, not another key"
  ],
  [
    "one key for both purposes",
    () => ({ secrets: { clientReferenceKey: () => key("a", 1), dataKey: () => key("b", 1) } }),
    "is never the client reference key"
  ],
  [
    "an outage that is called a missing key",
    ({ secrets }) => ({
      secrets: {
        ...secrets,
        clientReferenceKey: (month) =>
          Effect.mapError(
            secrets.clientReferenceKey(month),
            (error) => new SecretsError({ reason: "Missing", detail: error.detail })
          )
      }
    }),
    "reports an outage as an error to be tried again"
  ]
])
