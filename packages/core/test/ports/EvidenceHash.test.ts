import { assert, describe, it } from "vitest"
import { createHash } from "node:crypto"
import { evidenceHash } from "../../src/ports/store/EvidenceHash.ts"
import * as Evidence from "../../src/qualification/Evidence.ts"
import { month } from "../calendar/scenarios.ts"

describe("the evidence hash", () => {
  it("is SHA-256 of the encoded evidence, as Node computes it", () => {
    const evidence: Evidence.Evidence = {
      program: "premium-retail",
      customerId: "לקוח",
      month: month("2026-02"),
      policyHash: new Uint8Array(32).fill(0xab),
      days: { observed: 0x0fff_ffff, met: 1, derived: 2, waived: 4, conflict: 8 },
      ledgerHash: new Uint8Array(32).fill(0xcd)
    }
    const expected = createHash("sha256").update(Evidence.encode(evidence)).digest("hex")
    assert.strictEqual(Buffer.from(evidenceHash(evidence)).toString("hex"), expected)
  })
})
