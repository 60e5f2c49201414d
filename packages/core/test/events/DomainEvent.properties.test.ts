import fc from "fast-check"
import { assert, describe, it } from "vitest"
import type { Announcement, DomainEvent } from "../../src/events/DomainEvent.ts"
import * as Consequences from "../../src/ports/store/Consequences.ts"
import { dates, months } from "../../src/testing/generators/Days.ts"
import { fits, schemaOf } from "./schemas.ts"

/**
 * **Source** — original architecture § 5.1; design, The stages: payloads carry what the original
 * lists, in a versioned envelope `{id, type, version, occurredAt, businessDate?, correlationId,
 * causationId, program}`; `QualificationCalculated` never carries the customers
 */
describe("for every announcement and every stamp", () => {
  // Caught: the stamp spread over the payload; the version written 2; `businessDate` left out where
  // it is null.
  it("always makes an event its schema describes, with the payload as it was announced", () => {
    fc.assert(
      fc.property(announcements, stamps, (announcement, stamp) => {
        const event = Consequences.envelope(announcement, stamp)
        const { businessDate, occurredAt, payload, type, version, ...envelope } = event
        assert.deepStrictEqual<unknown>({ businessDate, payload, type }, announcement)
        const { occurredAtMs, ...named } = stamp
        assert.deepStrictEqual(envelope, named)
        assert.strictEqual(Date.parse(occurredAt), occurredAtMs)
        assert.strictEqual(version, 1)
        assert.isTrue(fits(schemaOf(type), JSON.parse(JSON.stringify(event))), type)
      }),
      { numRuns: 500 }
    )
  })

  // Caught: "additionalProperties" left out of a schema; a field of a payload not required.
  it("never is described by its schema with a field more, a field less, or as another event", () => {
    fc.assert(
      fc.property(announcements, announcements, stamps, (one, other, stamp) => {
        const event: DomainEvent = Consequences.envelope(one, stamp)
        const schema = schemaOf(event.type)
        const entries = Object.entries(event.payload)
        for (const [name] of entries) {
          const less = Object.fromEntries(entries.filter(([key]) => key !== name))
          assert.isFalse(fits(schema, { ...event, payload: less }), name)
        }
        for (const name of ["phone", "firstName", "balance", "text", "qualifiedCustomers"]) {
          const more = { ...event.payload, [name]: "x" }
          assert.isFalse(fits(schema, { ...event, payload: more }), name)
        }
        assert.strictEqual(
          fits(schema, { ...event, payload: other.payload, type: other.type }),
          other.type === one.type
        )
      }),
      { numRuns: 200 }
    )
  })
})

const id = fc.stringMatching(/^[A-Za-z0-9-]{1,36}$/)
const count = fc.oneof(fc.constantFrom(0, 1), fc.nat())
const nullable = <A>(arbitrary: fc.Arbitrary<A>) => fc.option(arbitrary, { nil: null })
const thresholds = fc.bigInt({ min: 0n, max: 999_999_999_999_999_999n }).map(String)

const announced = <T extends Announcement["type"]>(
  type: T,
  payload: { [K in keyof Payload<T>]: fc.Arbitrary<Payload<T>[K]> }
) =>
  fc.record({ type: fc.constant(type), businessDate: nullable(dates), payload: fc.record(payload) })

type Payload<T> = Extract<Announcement, { readonly type: T }>["payload"]

const announcements: fc.Arbitrary<Announcement> = fc.oneof(
  announced("BalanceVerified", {
    runId: id,
    page: count,
    businessDate: dates,
    thresholdMinor: thresholds,
    passed: count,
    failed: count
  }),
  announced("QualificationCalculated", {
    runId: id,
    month: months,
    population: count,
    totalQualified: count,
    notQualified: count,
    undetermined: count,
    hash: id
  }),
  announced("NotificationSent", {
    customerId: id,
    month: months,
    smsId: id,
    attempt: fc.integer({ min: 1, max: 3 }),
    carrierReference: id
  }),
  announced("DeliveryConfirmed", {
    customerId: id,
    month: months,
    smsId: id,
    status: fc.constantFrom("delivered", "failed", "undeliverable"),
    category: nullable(id),
    late: fc.boolean()
  }),
  announced("DataQualityIssueRaised", { code: id, businessDate: nullable(dates), count }),
  announced("EscalationRaised", {
    escalationId: id,
    cause: id,
    customerId: nullable(id),
    month: nullable(months)
  }),
  announced("ReportIssued", {
    month: months,
    version: fc.constantFrom("provisional", "final", "restated-2"),
    hash: id
  }),
  announced("CorrectionObserved", {
    customerId: id,
    month: months,
    decided: fc.constantFrom("Qualified", "NotQualified"),
    counterfactual: fc.constantFrom("Qualified", "Undetermined")
  })
)
const stamps = fc.record({
  id,
  program: id,
  occurredAtMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  correlationId: id,
  causationId: id
})
