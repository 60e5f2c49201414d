import { assert, describe, it } from "vitest"
import * as SchedulePolicy from "../../src/schedule/SchedulePolicy.ts"

const hour = 3_600_000

describe("the default schedule", () => {
  it("captures an hour after midnight, asks again every six hours, and is late after two", () => {
    assert.deepStrictEqual(SchedulePolicy.defaultSchedulePolicy, {
      captureAfterMinutes: 60,
      backfillEveryMs: 6 * hour,
      lateAfterMs: 2 * hour
    })
  })
})
