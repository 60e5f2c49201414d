/** docs/reference/events.md and its JSON Schemas describe the events as the code makes them. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import type { DomainEvent, EventPayloads, EventType } from "../../src/events/DomainEvent.ts"
import * as Consequences from "../../src/ports/store/Consequences.ts"
import { fits, type Node, schemaOf } from "./schemas.ts"

const docs = join(import.meta.dirname, "../../../../docs/reference")
const page = readFileSync(join(docs, "events.md"), "utf8")

const businessDate = BusinessDate.unchecked("2026-10-31")
const month = CalendarMonth.of(businessDate)

/** One payload of every type; the compiler keeps it whole. */
const payloads: EventPayloads = {
  BalanceVerified: {
    runId: "run",
    page: 0,
    businessDate,
    thresholdMinor: "1500000",
    passed: 4_999,
    failed: 1
  },
  QualificationCalculated: {
    runId: "run",
    month,
    population: 10,
    totalQualified: 7,
    notQualified: 2,
    undetermined: 1,
    hash: "c0ffee"
  },
  NotificationSent: {
    customerId: "C-1",
    month,
    smsId: "ref",
    attempt: 1,
    carrierReference: "m-1"
  },
  DeliveryConfirmed: {
    customerId: "C-1",
    month,
    smsId: "ref",
    status: "failed",
    category: "Timeout",
    late: false
  },
  DataQualityIssueRaised: { code: "WRONG_CURRENCY", businessDate: null, count: 3 },
  EscalationRaised: { escalationId: "e-1", cause: "UNRESOLVABLE", customerId: null, month: null },
  ReportIssued: { month, version: "final", hash: "c0ffee" },
  CorrectionObserved: {
    customerId: "C-1",
    month,
    decided: "Qualified",
    counterfactual: "NotQualified"
  }
}

const types = Object.keys(payloads).toSorted()

const eventOf = (type: EventType): DomainEvent =>
  Consequences.envelope({ type, businessDate: null, payload: payloads[type] } as never, {
    id: "event-1",
    program: "premium-retail",
    occurredAtMs: 1_793_610_000_000,
    correlationId: "run",
    causationId: "run"
  })

const isWhole = (node: Node | undefined, value: object, name: string) => {
  assert.strictEqual(node?.additionalProperties, false, name)
  assert.sameMembers(Object.keys(node?.properties ?? {}), Object.keys(value), name)
  assert.sameMembers([...(node?.required ?? [])], Object.keys(value), name)
}

describe("docs/reference/events", () => {
  it("has one schema per type, and none for what is no event", () => {
    const files = readdirSync(join(docs, "events")).toSorted()
    assert.deepStrictEqual(
      files,
      types.map((type) => `${type}.v1.json`)
    )
  })

  it("lists every type on the page, with the fields of its payload in their order", () => {
    const rows = page.split("\n").flatMap((line) => {
      const [, type, , fields, link] = line.split("|").map((cell) => cell.trim())
      return link?.startsWith("[v1]") === true
        ? [[type?.replaceAll("`", ""), fields?.replaceAll("`", ""), link]]
        : []
    })
    assert.deepStrictEqual(
      rows,
      Object.entries(payloads).map(([type, payload]) => [
        type,
        Object.keys(payload).join(" "),
        `[v1](events/${type}.v1.json)`
      ])
    )
  })

  it("lists the fields of the envelope as a store makes it", () => {
    const [, envelope = ""] = /## Envelope\n([\s\S]*?)\n## /.exec(page) ?? []
    const fields = Array.from(envelope.matchAll(/^\| `(\w+)`/gm)).map(([, name]) => name)
    assert.sameMembers(fields, Object.keys(eventOf("ReportIssued")))
  })

  for (const type of types) {
    it(`describes ${type} whole, and no other event`, () => {
      const schema = schemaOf(type)
      for (const other of Object.keys(payloads) as ReadonlyArray<EventType>) {
        const event = eventOf(other)
        assert.strictEqual(fits(schema, event), other === type, `${other} as ${type}`)
        if (other !== type) continue
        isWhole(schema, event, "envelope")
        isWhole(schema.properties?.["payload"], event.payload, "payload")
        // What is no fact of this kind is refused: a field more, a field less, another type.
        assert.isFalse(fits(schema, { ...event, phone: "" }))
        assert.isFalse(fits(schema, { ...event, payload: { ...event.payload, name: "" } }))
        for (const field of Object.keys(event.payload)) {
          assert.isFalse(fits(schema, { ...event, payload: { ...event.payload, [field]: [] } }))
          assert.isFalse(fits(schema, { ...event, payload: { ...event.payload, [field]: "" } }))
        }
      }
    })
  }
})
