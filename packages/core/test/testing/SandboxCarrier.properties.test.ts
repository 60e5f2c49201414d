import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as Carrier from "../../src/testing/SandboxCarrier.ts"
import * as Log from "../../src/testing/SandboxCarrierLog.ts"
import * as Reads from "../../src/testing/SandboxCarrierReads.ts"
import type * as Script from "../../src/testing/SandboxScript.ts"
import * as Submit from "../../src/testing/SandboxCarrierSubmit.ts"

const hour = 3_600_000

describe("SandboxCarrier", () => {
  describe("for every script and every history of requests", () => {
    // Planted: occurrences of "message" not counted at reload; seen red.
    it("always is, rebuilt from its log, the carrier that wrote it", () => {
      fc.assert(
        fc.property(script, steps, steps, (script, before, after) => {
          const carrier = make(script)
          const log = run(carrier, before)
          const rebuilt = make(script)
          for (const line of log) Carrier.append(rebuilt, line)
          rebuilt.nowMs = carrier.nowMs
          assert.deepStrictEqual(run(rebuilt, after), run(carrier, after))
        })
      )
    })

    // Planted: the key not remembered by an acceptance; seen red.
    it("never accepts twice under one key while it is remembered", () => {
      fc.assert(
        fc.property(script, steps, (script, steps) => {
          const log = run(make(script), steps)
          const accepted = log.filter((line) => line.t === "accepted")
          assert.strictEqual(new Set(accepted.map(({ key }) => key)).size, accepted.length)
        })
      )
    })

    // Planted: deliveries planned without regard to the validity; seen red.
    it("never delivers after the validity, and never tells before the time", () => {
      fc.assert(
        fc.property(script, steps, (script, steps) => {
          const carrier = make(script)
          const log = run(carrier, steps)
          const validity = new Map<string, number | null>()
          for (const line of log) {
            if (line.t === "accepted") validity.set(line.id, line.validUntil)
            if (line.t !== "receipt") continue
            assert.isAtMost(line.at, carrier.nowMs)
            const until = validity.get(line.id)
            if (line.state === "delivered" && until != null) {
              assert.isBelow(line.at, until)
            }
          }
        })
      )
    })
  })

  it("forgets a key after its window, and then accepts again: the audit sees it", () => {
    const carrier = make([])
    const log = [
      ...Submit.submit(carrier, [message(1)], 0).lines,
      ...Submit.submit(carrier, [message(1)], 72 * hour - 1).lines,
      ...Submit.submit(carrier, [message(1)], 72 * hour).lines
    ]
    assert.strictEqual(log.filter(({ t }) => t === "accepted").length, 2)
    assert.strictEqual(Log.auditCarrierLog(log).duplicates, 1)
  })

  it("refuses more messages than a batch may have, and takes none", () => {
    const carrier = Carrier.make({ ...Carrier.defaults, maxBatch: 2 }, 0)
    const { reply } = Submit.submit(carrier, [message(1), message(2), message(3)], 0)
    assert.deepStrictEqual(reply, {
      _tag: "Status",
      status: 413,
      code: "TOO_LARGE",
      retryAfterSeconds: null
    })
    assert.strictEqual(carrier.accepted, 0)
  })

  it("delivers at once, and without faults, in immediate mode", () => {
    const carrier = Carrier.make(
      { ...Carrier.defaults, immediate: true, script: [{ on: "submit", kind: "400" }] },
      5
    )
    const { reply } = Submit.submit(carrier, [message(1)], 5)
    assert.strictEqual(reply._tag, "Answer")
    const told = Carrier.advance(carrier, 5).receipts
    assert.deepStrictEqual(
      told.map(({ state, atMs }) => [state, atMs]),
      [["delivered", 5]]
    )
  })
})

const make = (script: Script.CarrierScript) => Carrier.make({ ...Carrier.defaults, script }, 0)

const message = (n: number, key = `r${n}.0`): Carrier.SubmittedMessage => ({
  reference: `r${n}`,
  idempotencyKey: key,
  to: `+97252700000${n}`,
  from: "Tidemark",
  text: "hello",
  // The third is valid for a minute: its delivery often comes too late.
  validUntilMs: n === 3 ? 60_000 : 5 * hour
})

type Step =
  | { readonly do: "submit"; readonly ns: ReadonlyArray<number>; readonly generation: number }
  | { readonly do: "lookup" | "receipts"; readonly ns: ReadonlyArray<number> }
  | { readonly do: "advance"; readonly byMs: number }

/** The lines a history leaves; business time moves by the steps alone. */
const run = (carrier: Carrier.Carrier, steps: ReadonlyArray<Step>): ReadonlyArray<Log.LogLine> => {
  const lines: Array<Log.LogLine> = []
  for (const step of steps) {
    const { nowMs } = carrier
    if (step.do === "advance") lines.push(...Carrier.advance(carrier, nowMs + step.byMs).lines)
    else if (step.do === "submit") {
      const messages = step.ns.map((n) => message(n, `r${n}.${step.generation}`))
      lines.push(...Submit.submit(carrier, messages, nowMs).lines)
    } else {
      const references = step.ns.map((n) => `r${n}`)
      const ask = step.do === "lookup" ? Reads.lookup : Reads.receipts
      lines.push(...ask(carrier, references, nowMs).lines)
    }
  }
  return lines
}

// Three messages and short waits, so that keys meet again inside their window.
const ns = fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("submit" as const),
      ns,
      generation: fc.integer({ min: 0, max: 1 })
    })
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("lookup", "receipts"), ns }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("advance" as const),
      byMs: fc.constantFrom(3000, 10 * 60_000, 3 * hour)
    })
  }
)
const steps = fc.array(step, { maxLength: 12 })

const chosen = fc.oneof(
  fc.record({ nth: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ every: fc.integer({ min: 1, max: 3 }), times: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ share: fc.constantFrom(0.3, 0.7) })
)
const site = fc.oneof(
  fc.record({
    on: fc.constant("submit" as const),
    kind: fc.constantFrom(
      "5xx-before-accept" as const,
      "reset-after-accept" as const,
      "429" as const
    )
  }),
  fc.record({
    on: fc.constant("message" as const),
    kind: fc.constantFrom(
      "throttle" as const,
      "omit-before-accept" as const,
      "refuse-blocked" as const
    )
  }),
  fc.record({
    on: fc.constant("receipt" as const),
    kind: fc.constantFrom("duplicate" as const, "expired" as const, "out-of-order" as const)
  })
)
const script: fc.Arbitrary<Script.CarrierScript> = fc.array(
  fc.tuple(site, chosen).map(([site, chosen]) => ({ ...site, ...chosen })),
  { maxLength: 4 }
)
