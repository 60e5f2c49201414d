/** Steps of a month, for tests that are about what comes after them. */
import * as Effect from "effect/Effect"
import * as CaptureDay from "../../src/workflows/CaptureDay.ts"
import * as Plan from "../../src/schedule/Plan.ts"
import type * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as QualifyMonth from "../../src/workflows/QualifyMonth.ts"
import * as ReleaseMonth from "../../src/workflows/ReleaseMonth.ts"
import { instant, month, type World } from "./World.ts"

/** 01:00 in Jerusalem on 1 November: every date of October can have been captured. */
export const monthEndMs = instant("2026-10-31T23:00:00Z")

/** Sunday 1 November, 09:00 in Jerusalem: the send window opens. */
export const opensMs = instant("2026-11-01T07:00:00Z")

/** The last business date before the month, and every one of it. */
export const datesOf = ({ policy }: World): ReadonlyArray<BusinessDate.BusinessDate> => {
  const { calendar } = policy
  const { balance, schedule } = policy.policy
  const rules = { calendar, schedule, capturesClosedDays: balance.carryForward === "none" }
  return [
    ...Plan.capturedDates(CalendarMonth.previous(month), rules),
    ...Plan.capturedDates(month, rules)
  ]
}

export const captured = (
  world: World,
  dates: ReadonlyArray<BusinessDate.BusinessDate> = datesOf(world)
) =>
  Effect.forEach(
    dates,
    (businessDate) => CaptureDay.captureDay({ businessDate, again: false, nowMs: monthEndMs }),
    { discard: true }
  )

export const qualified = (cutOff = false, nowMs = monthEndMs) =>
  QualifyMonth.qualifyMonth({ month, nowMs, cutOff })

/** Captured, decided and released: every message is due when the window opens. */
export const released = (world: World) =>
  Effect.gen(function* () {
    yield* captured(world)
    yield* qualified()
    return yield* ReleaseMonth.releaseMonth(month, monthEndMs)
  })
