import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as Msisdn from "../../src/recipient/Msisdn.ts"
import * as Suppression from "../../src/recipient/Suppression.ts"
import * as Recipients from "../../src/testing/generators/Recipients.ts"

/**
 * **Source** — design, Recipient: suppressions by customer or number; exclusions such as deceased
 * or legal hold; the message class
 */
describe("for every suppression list and every recipient", () => {
  // Caught: the subject's number compared with the customer id; `<` written `>` for the earliest;
  // a line holding only from the instant after its own.
  it("always finds the earliest line that names either, covers the class and has begun", () => {
    fc.assert(
      fc.property(lists, recipients, (list, recipient) => {
        const holding = list.filter(
          ({ subject, scope, sinceMs }) =>
            sinceMs <= recipient.atMs &&
            (scope === "all" || recipient.messageClass === "advertisement") &&
            (subject._tag === "Customer"
              ? subject.customerId === recipient.customerId
              : subject.msisdn === recipient.msisdn)
        )
        const earliest = Math.min(...holding.map(({ sinceMs }) => sinceMs))
        const expected = holding.find(({ sinceMs }) => sinceMs === earliest)
        assert.strictEqual(Suppression.find(list, recipient), expected)
      }),
      { numRuns: 1_000 }
    )
  })

  // Caught: `covers` the other way about, so that a line about advertisements held services only.
  it("never holds back a service message where an advertisement may go", () => {
    fc.assert(
      fc.property(lists, recipients, (list, recipient) => {
        const service = Suppression.find(list, { ...recipient, messageClass: "service" })
        const other = Suppression.find(list, { ...recipient, messageClass: "advertisement" })
        if (service !== undefined) assert.isDefined(other)
      }),
      { numRuns: 500 }
    )
  })

  // Caught: an opt-in that ends complaints too; one that ends an opt-out given later.
  it("always holds after an opt-out, and an opt-in never ends more than older opt-outs", () => {
    fc.assert(
      fc.property(lists, recipients, instants, (list, recipient, atMs) => {
        const optedOut = Suppression.fromOptOut(recipient.msisdn, recipient.atMs, "M-1")
        assert.isDefined(Suppression.find([...list, optedOut], recipient))
        for (const line of [...list, optedOut]) {
          const ended = Suppression.endedByOptIn(line, recipient.msisdn, atMs)
          const own =
            line.reason === "OPTED_OUT" &&
            line.subject._tag === "Number" &&
            line.subject.msisdn === recipient.msisdn
          assert.strictEqual(ended, own && line.sinceMs <= atMs)
        }
      }),
      { numRuns: 500 }
    )
  })
})

/** **Source** — design, Recipient: exclusions such as deceased or legal hold */
describe("for every set of exclusions", () => {
  // Caught: the exclusion that was given first taken for the strongest.
  it("always finds the same strongest, however they are ordered, and one of them", () => {
    fc.assert(
      fc.property(shuffled, ([held, again]) => {
        const strongest = Suppression.strongestExclusion(held)
        assert.strictEqual(Suppression.strongestExclusion(again), strongest)
        if (strongest === undefined) assert.lengthOf(held, 0)
        else assert.include(held, strongest)
      })
    )
  })
})

const number = (text: string): Msisdn.Msisdn => Msisdn.fromE164(text) ?? assert.fail(text)
const dana = number("+972502345678")
const omer = number("+972522345678")
const lists = fc.array(Recipients.suppressions([dana, omer]), { maxLength: 6, size: "max" })
const instants = fc.oneof(fc.integer({ min: 498, max: 502 }), fc.nat(1_000))
const recipients = fc.record({
  customerId: Recipients.customerIds,
  msisdn: fc.constantFrom(dana, omer),
  messageClass: Recipients.messageClasses,
  atMs: instants
})
const shuffled = fc
  .subarray([...Suppression.EXCLUSIONS])
  .chain((held) =>
    fc.tuple(
      fc.shuffledSubarray(held, { minLength: held.length }),
      fc.shuffledSubarray(held, { minLength: held.length })
    )
  )
