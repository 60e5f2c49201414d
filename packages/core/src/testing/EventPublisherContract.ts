/**
 * What every `EventPublisher` must keep: all of them, in order, or an error.
 *
 * **Source** — original architecture §5; product rules, The stages; architecture, Ports.
 */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import type { DomainEvent } from "../events/DomainEvent.ts"
import type { EventPublisher } from "../ports/EventPublisher.ts"
import * as Contract from "./Contract.ts"

/** A publisher, and what has come out at the other end, in the order it came. */
export interface PublisherDesk {
  readonly publisher: (typeof EventPublisher)["Service"]
  readonly received: Effect.Effect<ReadonlyArray<DomainEvent>>
}

/** `outage`: nobody takes an event until the end of the check. */
export interface PublisherSetup {
  readonly outage: boolean
}

/** Makes a publisher with a consumer at its end. */
export type MakePublisher = Contract.Make<PublisherSetup, PublisherDesk>

const check = (
  name: string,
  body: Contract.Body<PublisherDesk>,
  outage = false
): Contract.Check<PublisherSetup, PublisherDesk> => ({
  name,
  setup: { outage },
  needs: outage ? "scripted" : "honest",
  run: Effect.fnUntraced(body)
})

const month = CalendarMonth.of(BusinessDate.unchecked("2026-10-01"))

const event = (id: string): DomainEvent => ({
  id,
  type: "DeliveryConfirmed",
  version: 1,
  occurredAt: "2026-11-02T07:00:00.000Z",
  businessDate: null,
  correlationId: "run-1",
  causationId: "receipt-1",
  program: "contract",
  payload: {
    customerId: "C-1",
    month,
    smsId: `sms-${id}`,
    status: "delivered",
    category: null,
    late: false
  }
})

const verified: DomainEvent = {
  ...event("verified"),
  type: "BalanceVerified",
  businessDate: BusinessDate.unchecked("2026-10-01"),
  payload: {
    runId: "run-1",
    page: 0,
    businessDate: BusinessDate.unchecked("2026-10-01"),
    thresholdMinor: "1500000",
    passed: 2,
    failed: 1
  }
}

/** What a consumer with an inbox by event id sees. */
const inbox = (events: ReadonlyArray<DomainEvent>): ReadonlyArray<DomainEvent> =>
  Array.from(new Map(events.toReversed().map((each) => [each.id, each])).values()).toReversed()

const ids = (events: ReadonlyArray<DomainEvent>) => events.map(({ id }) => id)

const checks: Contract.Checks<PublisherSetup, PublisherDesk> = [
  [
    "delivery",
    [
      check("brings every event unchanged, whatever its type", function* (desk) {
        yield* desk.publisher.publish([event("1"), verified])
        assert.deepStrictEqual(yield* desk.received, [event("1"), verified])
      }),
      check("keeps the order of the events, within a call and between calls", function* (desk) {
        yield* desk.publisher.publish([event("2"), event("1")])
        yield* desk.publisher.publish([event("3")])
        assert.deepStrictEqual(ids(yield* desk.received), ["2", "1", "3"])
      }),
      check("publishes nothing where there is nothing", function* (desk) {
        yield* desk.publisher.publish([])
        assert.deepStrictEqual(yield* desk.received, [])
      }),
      check("may bring an event again, always under the same id", function* (desk) {
        yield* desk.publisher.publish([event("1"), event("2")])
        yield* desk.publisher.publish([event("2"), event("3")])
        const received = yield* desk.received
        assert.sameMembers(
          ids(received),
          received.length === 3 ? ["1", "2", "3"] : ["1", "2", "2", "3"]
        )
        assert.deepStrictEqual(inbox(received), [event("1"), event("2"), event("3")])
      })
    ]
  ],
  [
    "failure",
    [
      check(
        "reports an outage as an error to be tried again, never as published",
        function* (desk) {
          const error = yield* Effect.flip(desk.publisher.publish([event("1")]))
          assert.include(["Unavailable", "Timeout"], error.reason)
          assert.isTrue(error.isRetryable)
          assert.notInclude(error.message, "C-1")
          assert.deepStrictEqual(yield* desk.received, [])
        },
        true
      )
    ]
  ]
]

/** The whole contract, as one suite. */
export const eventPublisherContract = (
  name: string,
  make: MakePublisher,
  counterpart: Contract.Counterpart = "scripted"
): void => {
  Contract.suite("EventPublisher", name, checks, make, counterpart)
}

/** The names of the policies a publisher breaks; none for a sound one. */
export const failedEventPublisherChecks = (
  make: MakePublisher,
  counterpart: Contract.Counterpart = "scripted"
): Effect.Effect<ReadonlyArray<string>> => Contract.failedChecks(checks, make, counterpart)
