/**
 * Exhaustive, not sampled: every interleaving of one message within the bounds stated, over the
 * real
 * `step`. The canaries at the end prove that the model sees a broken protocol.
 */
import { assert, describe, it } from "vitest"
import * as Delivery from "../../src/delivery/Delivery.ts"
import { type Exploration, explore } from "./protocolModel.ts"

const bounds: Omit<Exploration, "carrierClass"> = {
  faults: 2,
  bounded: true,
  optOut: false,
  maxStates: 150_000
}

const holds = (config: Exploration) => {
  const explored = explore(config)
  assert.strictEqual(explored.complete, true, "the state space was not exhausted")
  assert.deepStrictEqual([...explored.violations], [])
  return explored
}

describe("for every interleaving of one message, two workers and two faults", () => {
  for (const carrierClass of ["K", "L", "LV", "KLV", "N"]) {
    it(`class ${carrierClass}: never two acceptances of an attempt, never a silent loss`, () => {
      const { ends, states } = holds({ ...bounds, carrierClass })
      assert.isAbove(states, 10_000)
      assert.include([...ends], "delivered/1")
    })
  }
})

describe("for every interleaving with one fault and requests that arrive arbitrarily late", () => {
  for (const carrierClass of ["K", "KV", "LV", "KLV", "V", "N"]) {
    it(`class ${carrierClass}: never two live messages`, () => {
      holds({ ...bounds, carrierClass, faults: 1, bounded: false })
    })
  }

  it("class L: two messages are possible, which is why its guarantee says so", () => {
    const { violations } = explore({ ...bounds, carrierClass: "L", faults: 1, bounded: false })
    assert.isTrue(violations.has("two live messages"))
    assert.isFalse([...violations.keys()].some((name) => name.startsWith("silent loss")))
  })
})

describe("for every interleaving with one fault and an opt-out at any instant", () => {
  for (const carrierClass of ["K", "L", "LV", "KLV", "N"]) {
    it(`class ${carrierClass}: never a mark after the opt-out`, () => {
      const { ends } = holds({ ...bounds, carrierClass, faults: 1, optOut: true })
      assert.include([...ends], "suppressed/0")
    })
  }
})

describe("for a key the carrier forgets after an hour (K-late)", () => {
  it("never two acceptances of an attempt, never a silent loss", () => {
    const { facts } = holds({ ...bounds, carrierClass: "K", keyWindowMs: 3_600_000, faults: 1 })
    assert.include([...facts], "AttemptReturned")
  })
})

/** A broken protocol: the events a wrong adapter or table would have decided on. */
const broken =
  (change: (event: Delivery.DeliveryEvent) => Delivery.DeliveryEvent): typeof Delivery.step =>
  (notification, event, context) =>
    Delivery.step(notification, change(event), context)

describe("for every canary", () => {
  const sees = (config: Partial<Exploration> & { carrierClass: string }, what: string) => {
    const { violations } = explore({ ...bounds, faults: 1, ...config })
    assert.include([...violations.keys()], what)
  }

  it("sees a timeout taken for proof that nothing was sent", () => {
    const step = broken((event) =>
      event._tag === "OutcomeUnknown"
        ? { ...event, _tag: "ProvenNotSent", code: "TIMEOUT", notBeforeMs: null, stored: false }
        : event
    )
    sees({ carrierClass: "L", step }, "two acceptances under one reference")
    sees({ carrierClass: "N", step }, "two acceptances under one reference")
  })

  it("sees a not-sent proof that speaks for earlier requests as well", () => {
    const step = broken((event) =>
      event._tag === "ProvenNotSent" ? { ...event, stored: true } : event
    )
    sees(
      { carrierClass: "K", faults: 2, maxStates: 15_000, step },
      "two acceptances under one reference"
    )
  })

  it("sees a not-found that is believed while the validity is open", () => {
    const step: typeof Delivery.step = (notification, event, context) => {
      if (event._tag !== "NotFound") return Delivery.step(notification, event, context)
      const attempts = notification.attempts.map((row) => ({ ...row, validUntilMs: null }))
      return Delivery.step({ ...notification, attempts }, event, context)
    }
    sees({ carrierClass: "LV", bounded: false, step }, "two live messages")
  })

  it("sees time that closes nothing", () => {
    const step: typeof Delivery.step = (notification, event, context) =>
      event._tag === "TimePassed"
        ? { notification, facts: [] }
        : Delivery.step(notification, event, context)
    sees({ carrierClass: "N", step }, "silent loss: ends active")
  })

  it("sees an outcome dropped when its worker dies", () => {
    const step: typeof Delivery.step = (notification, event, context) =>
      event._tag === "LeaseOver"
        ? { notification, facts: [] }
        : Delivery.step(notification, event, context)
    sees({ carrierClass: "KLV", step }, "silent loss: ends active")
  })
})
