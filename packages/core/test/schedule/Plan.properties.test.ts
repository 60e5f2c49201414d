import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as ZonedTime from "../../src/calendar/ZonedTime.ts"
import * as Plan from "../../src/schedule/Plan.ts"
import { at, capturedTo, dateOf, hour, monthOf, rules, zone } from "./months.ts"

describe("for every state of the ledger and every instant", () => {
  // Planted: the last capture of a month taken from the ledger's last row.
  it("always gives the same plan, whatever the order of the ledger's rows", () => {
    fc.assert(
      fc.property(input(), (given) => {
        const captures = given.captures.toReversed()
        assert.deepStrictEqual(Plan.plan({ ...given, captures }), Plan.plan(given))
      })
    )
  })

  // Planted: `<` for `<=` in `take`; midnight of today for that of tomorrow.
  it("always wakes after now, and never later than the next midnight of the bank", () => {
    fc.assert(
      fc.property(input(), (given) => {
        const { nextWakeMs } = Plan.plan(given)
        const today = ZonedTime.businessDateAt(given.nowMs, zone)
        const midnight = ZonedTime.instantMsAt(BusinessDate.addDays(today, 1), 0, zone)
        assert.isAbove(nextWakeMs, given.nowMs)
        assert.isAtMost(nextWakeMs, midnight)
      })
    )
  })

  // Planted: the instants of work that is not due yet left out of the wake-up.
  it("never sleeps past the instant at which something falls due", () => {
    fc.assert(
      fc.property(input(), (given) => {
        const now = Plan.plan(given)
        const then = Plan.plan({ ...given, nowMs: now.nextWakeMs - 1 })
        // Work may fall away: a month that is never decided is not chased past its cut-off.
        const before = names(now)
        for (const name of names(then)) assert.include(before, name)
      })
    )
  })

  // Planted: backfill due from the date's own instant, not from its last capture.
  it("never has a capture due at the instant at which all that were due have been done", () => {
    fc.assert(
      fc.property(input(), (given) => {
        const captures = new Map(given.captures.map((one) => [one.businessDate, one]))
        for (const work of Plan.plan(given).due) {
          if (work._tag !== "Capture") continue
          const { businessDate } = work
          captures.set(businessDate, { businessDate, finishedMs: given.nowMs, count: 0 })
        }
        const after = Plan.plan({ ...given, captures: [...captures.values()] })
        assert.isFalse(after.due.some((work) => work._tag === "Capture"))
      })
    )
  })

  // Planted: months pushed in the order in which they are found, the latest first.
  it("always lists captures in the order of their dates, and the late among the due", () => {
    fc.assert(
      fc.property(input(), (given) => {
        const plan = Plan.plan(given)
        const dates = plan.due.flatMap((work) =>
          work._tag === "Capture" ? [work.businessDate] : []
        )
        assert.deepStrictEqual(dates, dates.toSorted())
        for (const work of plan.late) assert.include(plan.due, work)
      })
    )
  })
})

/** What is due, each piece by its stage and what it is about. */
const names = ({ due }: Plan.Plan): ReadonlyArray<string> =>
  due.map((work) => `${work._tag} ${work._tag === "Capture" ? work.businessDate : work.month}`)

/** Instants are weighted towards month ends, cut-offs and both nights of the clock change. */
const instants = fc.oneof(
  fc.integer({ min: at("2026-09-29T00:00:00Z"), max: at("2027-04-10T00:00:00Z") }),
  fc
    .constantFrom(
      at("2026-10-24T22:00:00Z"),
      at("2026-10-31T23:00:00Z"),
      at("2026-11-03T16:30:00Z"),
      at("2026-12-03T16:30:00Z"),
      at("2027-03-25T22:00:00Z"),
      at("2027-03-26T00:00:00Z")
    )
    .chain((middle) => fc.integer({ min: middle - 2 * hour, max: middle + 2 * hour })),
  fc.constantFrom(
    at("2026-10-31T22:00:00Z"),
    at("2026-10-31T23:00:00Z"),
    at("2026-11-03T16:30:00Z")
  )
)

const statuses = ["none", "none", "open", "complete", "decided", "released", "closed"] as const

const started = fc.constantFrom("2026-09-30", "2026-10-01", "2026-10-12")

/**
 * Not decided, decided at some stage, or closed; captured up to a date, with holes and empty days.
 */
const input = (): fc.Arbitrary<Plan.PlanInput> =>
  fc
    .record({
      nowMs: instants,
      startsOn: started,
      capturesClosedDays: fc.boolean(),
      captured: fc.integer({ min: 0, max: 40 }),
      holes: fc.array(fc.nat(200), { maxLength: 3 }),
      empty: fc.array(fc.nat(200), { maxLength: 3 }),
      delayMs: fc.constantFrom(0, 1, hour, 7 * hour, 30 * hour),
      survey: fc.option(fc.constantFrom("2026-10-14", "2026-10-30"), { nil: undefined }),
      status: fc.constantFrom(...statuses),
      approved: fc.boolean(),
      held: fc.boolean(),
      provisional: fc.boolean()
    })
    .map((made) => {
      const given = rules(made.startsOn, { capturesClosedDays: made.capturesClosedDays })
      const today = ZonedTime.businessDateAt(made.nowMs, zone)
      const last = BusinessDate.addDays(today, -1 - made.captured)
      const captures = capturedTo(last, given)
        .filter((_, index) => !made.holes.includes(index))
        .map((capture, index) => ({
          ...capture,
          finishedMs: Math.min(made.nowMs, capture.finishedMs + made.delayMs),
          count: made.empty.includes(index) ? 0 : capture.count
        }))
      const { status } = made
      const month: Plan.PlannedMonth | undefined =
        status === "none"
          ? undefined
          : {
              month: monthOf("2026-10"),
              status,
              decidedMs: made.nowMs,
              approved: made.approved,
              held: made.held,
              reports: made.provisional ? ["provisional"] : []
            }
      return {
        nowMs: made.nowMs,
        zone,
        rulesOf: () => given,
        captures,
        months: month === undefined ? [] : [month],
        surveys:
          made.survey === undefined
            ? []
            : [
                {
                  month: monthOf("2026-10"),
                  surveyedMs: made.nowMs - made.delayMs,
                  missing: [dateOf(made.survey)]
                }
              ]
      }
    })
