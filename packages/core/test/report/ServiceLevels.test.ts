import fc from "fast-check"
import { assert, describe, it } from "vitest"
import type * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as ServiceLevels from "../../src/report/ServiceLevels.ts"
import { complete, due, finished } from "./figures.ts"

const levels = (finishedMs: Record<BusinessDate.BusinessDate, number>, days = 3, lateAfterMs = 0) =>
  ServiceLevels.of(
    { ...complete, captures: { balances: 1, finishedMs } },
    { captures: due(days), lateAfterMs }
  )

describe("service levels", () => {
  it("count a date captured exactly as late as allowed as in time", () => {
    const all = finished(1)
    const at = (lagMs: number) => Object.fromEntries(Object.keys(all).map((date) => [date, lagMs]))
    assert.strictEqual(levels(at(500), 1, 500).capturesInTime.numerator, 1)
    assert.strictEqual(levels(at(501), 1, 500).capturesInTime.numerator, 0)
  })

  it("say how late the worst capture was, in whole minutes", () => {
    const [first = "", second = ""] = Object.keys(finished(2))
    const late = { [first]: 7 * 60_000 + 59_999, [second]: 1_000 + 3 * 60_000 }
    assert.strictEqual(levels(late).worstCaptureLagMinutes, 7)
    assert.strictEqual(levels(finished(2)).worstCaptureLagMinutes, 0)
    assert.isNull(levels({}).worstCaptureLagMinutes)
  })

  it("take a capture before it fell due as no lag", () => {
    const early = Object.fromEntries(Object.keys(finished(1)).map((date) => [date, -90_000]))
    assert.strictEqual(levels(early, 1).worstCaptureLagMinutes, 0)
    assert.strictEqual(levels(early, 1).capturesInTime.numerator, 1)
  })

  it("count what the carrier's service failed, never what was wrong with a number", () => {
    const failuresByCategory = {
      InvalidNumber: 1,
      Timeout: 2,
      QuotaExceeded: 4,
      Undeliverable: 8,
      ProviderError: 16
    }
    const attempts = { ...complete.attempts, failuresByCategory }
    const { carrierErrors } = ServiceLevels.of(
      { ...complete, attempts },
      { captures: [], lateAfterMs: 0 }
    )
    assert.deepInclude(carrierErrors, { numerator: 22, denominator: complete.attempts.total })
  })

  /** **Source** — product rules, Report: programme service levels */
  // Caught: dates that were not to be captured counted as captured; a late date counted as in time.
  it("never count more in time than captured, nor more captured than expected", () => {
    fc.assert(
      fc.property(fc.nat(31), fc.nat(31), fc.nat(3), (expected, captured, late) => {
        const finishes = Object.fromEntries(
          Object.entries(finished(captured)).map(([date, dueMs], day) => [
            date,
            dueMs + (day < late ? 1 : 0)
          ])
        )
        const { captureCoverage, capturesInTime } = levels(finishes, expected)
        const both = Math.min(expected, captured)
        assert.strictEqual(captureCoverage.numerator, both)
        assert.strictEqual(capturesInTime.numerator, both - Math.min(both, late))
        assert.strictEqual(captureCoverage.denominator, expected)
      }),
      { numRuns: 300 }
    )
  })
})
