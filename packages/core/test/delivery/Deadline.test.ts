import { assert, describe, it } from "vitest"
import * as Deadline from "../../src/delivery/Deadline.ts"
import { policy } from "./carriers.ts"

const m0 = { monotonicMs: 1_000, wallMs: 5_000_000 }
const deadline = Deadline.after(m0, policy)
const after = (monotonicMs: number, wallMs: number) => ({
  monotonicMs: m0.monotonicMs + monotonicMs,
  wallMs: m0.wallMs + wallMs
})

describe("delivery protocol part 1, Deadline", () => {
  it("a request starts before m0 + lease − D − margin = m0 + 80 s", () => {
    assert.strictEqual(deadline.allowedMs, 80_000)
    assert.isTrue(Deadline.mayStart(deadline, after(79_999, 79_999)))
    assert.isFalse(Deadline.mayStart(deadline, after(80_000, 0)))
  })

  it("the larger of elapsed monotonic and wall time counts (a suspended machine)", () => {
    assert.isFalse(Deadline.mayStart(deadline, after(10, 80_000)))
    assert.strictEqual(Deadline.remainingMs(deadline, after(10, 3_600_000)), 80_000 - 3_600_000)
  })

  it("a wall clock set back wins no time", () => {
    assert.strictEqual(Deadline.remainingMs(deadline, after(30_000, -86_400_000)), 50_000)
    assert.strictEqual(Deadline.elapsedMs(m0, after(-5, -5)), 0)
  })
})
