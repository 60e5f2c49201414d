import { assert, describe, it } from "vitest"
import * as Instant from "../../src/calendar/Instant.ts"

describe("Instant.toIso (ISO 8601-1, RFC 3339)", () => {
  for (const [ms, text] of [
    [0, "1970-01-01T00:00:00.000Z"],
    [-1, "1969-12-31T23:59:59.999Z"],
    [Date.UTC(2027, 9, 31, 22), "2027-10-31T22:00:00.000Z"],
    [Date.UTC(2028, 1, 29, 9, 5, 7, 8), "2028-02-29T09:05:07.008Z"]
  ] as const) {
    it(`writes ${text}`, () => assert.strictEqual(Instant.toIso(ms), text))
  }
})
