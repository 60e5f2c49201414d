import fc from "fast-check"
import { assert, describe, it } from "vitest"
import type * as Client from "../src/Client.ts"
import * as Outcomes from "../src/Outcomes.ts"

const reading = { notSentProof: ["400", "401", "403", "413", "429"], nowMs: 0, mostRetryAfterMs: 9 }

describe("Outcomes", () => {
  describe("for every batch and every answer", () => {
    // Planted: a message without a result left out of the outcomes; seen red.
    it("always gives exactly one outcome per message, in the order asked", () => {
      fc.assert(
        fc.property(batch, evidence, (references, evidence) => {
          const { outcomes } = Outcomes.fromEvidence(evidence, references, reading)
          assert.deepStrictEqual(
            outcomes.map(({ reference }) => reference),
            references
          )
        })
      )
    })

    // Planted: results matched by position; the last of two contradicting results taken; seen red.
    it("never says accepted or refused of a message the answer does not say it of alone", () => {
      fc.assert(
        fc.property(batch, results, (references, results) => {
          const answer = answered(202, JSON.stringify({ results }))
          for (const outcome of Outcomes.fromEvidence(answer, references, reading).outcomes) {
            if (outcome._tag !== "Accepted" && outcome._tag !== "Refused") continue
            const said = results.filter((result) => result.reference === outcome.reference)
            assert.isAbove(said.length, 0)
            const expected = outcome._tag === "Accepted" ? "accepted" : "refused"
            for (const { status } of said) assert.strictEqual(status, expected)
          }
        })
      )
    })

    // Planted: a mismatch without its lost key; a key called lost while in progress; seen red.
    it("always calls a key lost under which the carrier has other bytes, and no other", () => {
      fc.assert(
        fc.property(batch, results, (references, results) => {
          const answer = answered(202, JSON.stringify({ results }))
          for (const outcome of Outcomes.fromEvidence(answer, references, reading).outcomes) {
            const said = results.filter((result) => result.reference === outcome.reference)
            const isLost = said.length === 1 && said[0]?.status === "mismatch"
            const isCalledLost = outcome._tag === "Unknown" && outcome.keyLost === true
            assert.strictEqual(isCalledLost, isLost)
          }
        })
      )
    })

    // Planted: 5xx taken as proof; seen red.
    it("never calls anything but a documented status proof that nothing was sent", () => {
      fc.assert(
        fc.property(batch, fc.integer({ min: 200, max: 599 }), (references, status) => {
          const { outcomes } = Outcomes.fromEvidence(answered(status, "<"), references, reading)
          const proven = reading.notSentProof.includes(String(status))
          for (const { _tag } of outcomes) {
            assert.strictEqual(_tag, proven ? "NotSent" : "Unknown")
          }
        })
      )
    })

    // Planted: results about other references not counted; seen red.
    it("always counts what was said of other references, and believes none of it", () => {
      fc.assert(
        fc.property(batch, results, (references, results) => {
          const answer = answered(202, JSON.stringify({ results }))
          const { foreign } = Outcomes.fromEvidence(answer, references, reading)
          const others = results.filter(({ reference }) => !references.includes(reference))
          assert.strictEqual(foreign, others.length)
        })
      )
    })
  })

  it("ignores one unreadable result and keeps its neighbours", () => {
    const text = JSON.stringify({
      results: [
        { reference: "r1", status: "accepted", id: "m1", replayed: false },
        { reference: "r2", status: "accepted", id: 7, replayed: false },
        null
      ]
    })
    const read = Outcomes.fromEvidence(answered(202, text), ["r1", "r2"], reading)
    assert.deepStrictEqual(
      read.outcomes.map(({ _tag }) => _tag),
      ["Accepted", "Unknown"]
    )
    assert.strictEqual(read.foreign, 2)
  })

  it("proves nothing by a look-up that leaves a reference out, or says two things of it", () => {
    const found = { reference: "r1", found: true, id: "m", receipt: null } as const
    const missing = { reference: "r1", found: false } as const
    assert.isUndefined(Outcomes.fromFound([found], ["r1", "r2"]))
    assert.isUndefined(Outcomes.fromFound([found, missing], ["r1"]))
    assert.lengthOf(Outcomes.fromFound([found, found], ["r1"]) ?? [], 1)
  })
})

const answered = (status: number, text: string): Client.Evidence => ({
  _tag: "Answered",
  status,
  retryAfter: null,
  text
})

// Few references, so that answers really speak of the same message twice, and of others'.
const references = ["r1", "r2", "r3", "r4"]
const batch = fc.uniqueArray(fc.constantFrom(...references.slice(0, 3)), { minLength: 1 })
const reference = fc.constantFrom(...references)

const result = fc.oneof(
  fc.record({
    reference,
    status: fc.constant("accepted" as const),
    id: fc.constantFrom("m1", "m2"),
    replayed: fc.boolean()
  }),
  fc.record({
    reference,
    status: fc.constant("refused" as const),
    code: fc.constantFrom("INVALID_NUMBER", "NEVER_HEARD_OF"),
    replayed: fc.boolean()
  }),
  fc.record({
    reference,
    status: fc.constant("throttled" as const),
    retryAfterSeconds: fc.constantFrom(null, 5, -1),
    replayed: fc.boolean()
  }),
  fc.record({ reference, status: fc.constantFrom("inProgress" as const, "mismatch" as const) })
)
const results = fc.array(result, { maxLength: 6 })

const cause = fc.constantFrom<Client.WireCause>(
  { _tag: "TimedOut" },
  { _tag: "DeadlinePassed" },
  { _tag: "Failed", error: new Error("reset") }
)

const evidence: fc.Arbitrary<Client.Evidence> = fc.oneof(
  fc.record({ _tag: fc.constant("NotWritten" as const), cause }),
  fc.record({ _tag: fc.constant("Lost" as const), cause }),
  results.map((results) => answered(202, JSON.stringify({ results }))),
  fc.json().map((text) => answered(202, text)),
  fc.record({
    _tag: fc.constant("Answered" as const),
    status: fc.constantFrom(200, 202, 301, 400, 409, 422, 429, 500),
    retryAfter: fc.constantFrom(null, "3", "never"),
    text: fc.string()
  })
)
