import { assert, describe, it } from "vitest"
import * as Evidence from "../../src/qualification/Evidence.ts"
import { date, month } from "../calendar/scenarios.ts"

const evidence: Evidence.Evidence = {
  program: "premium-retail",
  customerId: "C-1029",
  month: month("2026-02"),
  policyHash: new Uint8Array(32).fill(0xab),
  opened: date("1970-01-03"),
  days: { observed: 0x0fff_ffff, met: 1, derived: 2, waived: 4, conflict: 0x7fff_ffff },
  ledgerHash: new Uint8Array(32).fill(0xcd)
}
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex")

describe("Evidence, layout version 1", () => {
  it("writes the fields in the documented order and widths, big-endian", () => {
    const bytes = Evidence.encode(evidence)
    const expected = [
      "544d4556 01",
      "ab".repeat(32),
      "0000000e 7072656d69756d2d72657461696c",
      "00000006 432d31303239",
      "07ea 02 1c",
      "00000002 80000000",
      "0fffffff 00000001 00000002 00000004 7fffffff",
      "cd".repeat(32)
    ]
    assert.strictEqual(hex(bytes), expected.join("").replaceAll(" ", ""))
  })

  it("writes texts in UTF-8 with their length in bytes", () => {
    const named = { ...evidence, customerId: "לקוח" }
    assert.strictEqual(Evidence.encode(named).length, 109 + 14 + 8)
  })

  const changes: ReadonlyArray<Partial<Evidence.Evidence>> = [
    { program: "premium-retai", customerId: "lC-1029" },
    { customerId: "C-1030" },
    { month: month("2027-02") },
    { month: month("2026-03") },
    { policyHash: new Uint8Array(32) },
    { opened: date("1970-01-04") },
    { closed: date("2026-02-03") },
    { days: { ...evidence.days, observed: 0 } },
    { days: { ...evidence.days, met: 3 } },
    { days: { ...evidence.days, derived: 0 } },
    { days: { ...evidence.days, waived: 0 } },
    { days: { ...evidence.days, conflict: 0 } },
    { ledgerHash: new Uint8Array(32) }
  ]

  it("gives other bytes for a change of any field", () => {
    const encodings = [{}, ...changes].map((change) =>
      hex(Evidence.encode({ ...evidence, ...change }))
    )
    assert.strictEqual(new Set(encodings).size, changes.length + 1)
  })
})
