import { assert, describe, it } from "vitest"
import * as DoctorStore from "../../src/commands/DoctorStore.ts"

const untilMs = Date.parse("2026-11-02T09:00:30Z")

describe("what doctor says of a carrier that fails", () => {
  it("is wrong from the moment the circuit breaker opens until it has closed", () => {
    const open = DoctorStore.ofBreaker({ state: "open", failures: 5, untilMs, version: 5 })
    assert.isFalse(open.ok)
    assert.include(open.detail, "5 failures in a row")
    assert.include(open.detail, "2026-11-02T09:00:30")
    const probing = { state: "half-open", failures: 5, untilMs, version: 6 } as const
    assert.isFalse(DoctorStore.ofBreaker(probing).ok)
    const closed = { state: "closed", failures: 2, untilMs: null, version: 7 } as const
    assert.deepInclude(DoctorStore.ofBreaker(closed), {
      ok: true,
      detail: "closed, 2 failures in a row"
    })
  })
})

describe("what doctor says of a restored database", () => {
  it("says that a restore is not noticed where no witness is named", () => {
    const { detail, ok } = DoctorStore.ofWitness("none")
    assert.isTrue(ok)
    assert.include(detail, "off")
    assert.include(detail, "Database.WitnessFile")
  })

  it("is wrong, and names the way out, for every database its witness does not know", () => {
    for (const mismatch of [
      "UNWITNESSED",
      "OTHER_SYSTEM",
      "OTHER_TIMELINE",
      "OTHER_NUMBER"
    ] as const) {
      const { detail, ok } = DoctorStore.ofWitness(mismatch)
      assert.isFalse(ok)
      assert.include(detail, "tidemark restore confirm")
    }
    assert.isFalse(DoctorStore.ofWitness("unreadable").ok)
    assert.isTrue(DoctorStore.ofWitness("agrees").ok)
  })
})
