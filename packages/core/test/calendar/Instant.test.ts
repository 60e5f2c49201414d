import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as Instant from "../../src/calendar/Instant.ts"

describe("Instant", () => {
  it("always writes what the platform writes, from 1900 to 9999", () => {
    // Caught when planted: minutes without `% 60`.
    fc.assert(
      fc.property(fc.integer({ min: -2_208_988_800_000, max: 253_402_300_799_999 }), (ms) => {
        assert.strictEqual(Instant.toIso(ms), new Date(ms).toISOString())
      }),
      { numRuns: 2000 }
    )
  })
})
