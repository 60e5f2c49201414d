import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as Evidence from "../../src/qualification/Evidence.ts"
import { month } from "../calendar/scenarios.ts"

/** **Source** — product rules, "Days": evidence hash, fixed binary layout; decision 0009. */
describe("Evidence", () => {
  describe("for every text cut in two places into program and customer", () => {
    // Caught: texts written without their length.
    it("never writes different evidence alike", () => {
      fc.assert(
        fc.property(shortText, fc.nat(4), fc.nat(4), (text, at, otherAt) => {
          const [one, other] = [at, otherAt].map((cut) => {
            const [program, customerId] = [text.slice(0, cut), text.slice(cut)]
            return { program, bytes: hex(Evidence.encode({ ...fixed, program, customerId })) }
          })
          assert.strictEqual(one?.bytes === other?.bytes, one?.program === other?.program)
        })
      )
    })
  })

  describe("for every evidence", () => {
    // Caught: the length of a text in UTF-16 units; `opened` and `closed` exchanged; little-endian
    // days; the month's number left out; bytes past the end kept.
    it("always reads back, field by field, with a reader of its own", () => {
      fc.assert(
        fc.property(evidence, (given) => {
          const { closed, customerId, days, opened, program } = given
          assert.deepStrictEqual(read(Evidence.encode(given)), {
            prefix: "TMEV\u0001",
            policyHash: hex(given.policyHash),
            program,
            customerId,
            month: given.month,
            length: CalendarMonth.days(given.month),
            opened: opened === undefined ? -2_147_483_648 : BusinessDate.toEpochDay(opened),
            closed: closed === undefined ? -2_147_483_648 : BusinessDate.toEpochDay(closed),
            days: [days.observed, days.met, days.derived, days.waived, days.conflict],
            ledgerHash: hex(given.ledgerHash),
            rest: 0
          })
        }),
        { numRuns: 1_000 }
      )
    })
  })
})

function hex(bytes: Uint8Array) {
  return Buffer.from(bytes).toString("hex")
}

function read(bytes: Uint8Array) {
  const buffer = Buffer.from(bytes)
  let at = 0
  const take = (length: number) => buffer.subarray(at, (at += length))
  const number = () => take(4).readUInt32BE()
  const signed = () => take(4).readInt32BE()
  const text = () => take(number()).toString("utf8")
  return {
    prefix: take(5).toString("latin1"),
    policyHash: take(32).toString("hex"),
    program: text(),
    customerId: text(),
    month: `${take(2).readUInt16BE()}-${String(take(1).readUInt8()).padStart(2, "0")}`,
    length: take(1).readUInt8(),
    opened: signed(),
    closed: signed(),
    days: [number(), number(), number(), number(), number()],
    ledgerHash: take(32).toString("hex"),
    rest: buffer.length - at
  }
}

const fixed: Evidence.Evidence = {
  program: "",
  customerId: "",
  month: month("2026-02"),
  policyHash: new Uint8Array(32).fill(0xab),
  days: { observed: 0x0fff_ffff, met: 1, derived: 2, waived: 4, conflict: 0x7fff_ffff },
  ledgerHash: new Uint8Array(32).fill(0xcd)
}

const shortText = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom("a", "ש") })
/** One to four bytes of UTF-8 for a character. */
const text = fc.string({ maxLength: 9, unit: fc.constantFrom("a", "~", "\u0080", "ש", "€", "😀") })
const set = fc.nat(0x7fff_ffff)
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const date = fc.option(
  fc.integer({ min: -20_000, max: 60_000 }).map((epochDay) => BusinessDate.fromEpochDay(epochDay)),
  { nil: undefined }
)

const evidence: fc.Arbitrary<Evidence.Evidence> = fc
  .record({
    program: text,
    customerId: text,
    month: fc.constantFrom("1999-12", "2026-02", "2028-02", "2104-07").map((text) => month(text)),
    policyHash: hash,
    opened: date,
    closed: date,
    days: fc.record({ observed: set, met: set, derived: set, waived: set, conflict: set }),
    ledgerHash: hash
  })
  .map(({ closed, opened, ...rest }) => ({
    ...rest,
    ...(opened === undefined ? {} : { opened }),
    ...(closed === undefined ? {} : { closed })
  }))
