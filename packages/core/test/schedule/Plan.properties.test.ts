import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as BankCalendar from "../../src/calendar/BankCalendar.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as ZonedTime from "../../src/calendar/ZonedTime.ts"
import * as Plan from "../../src/schedule/Plan.ts"
import { at, capturedTo, dateOf, hour, monthOf, rules, zone } from "./months.ts"

/**
 * **Source** — architecture, Level-triggered; product rules, The stages and Days; invariant 37.
 */
describe("for every state of the ledger and every instant", () => {
  // Caught: closed days captured although nothing is carried from them; dates before the start;
  // today's date, whose day is not over.
  it("never asks for a date that is not over, that the feed does not have or before the start", () => {
    fc.assert(
      fc.property(input(), (given) => {
        const today = ZonedTime.businessDateAt(given.nowMs, zone)
        for (const work of Plan.plan(given).due) {
          if (work._tag !== "Capture") continue
          const { businessDate } = work
          const rules = given.rulesOf(CalendarMonth.of(businessDate))
          assert.isTrue(businessDate < today, businessDate)
          assert.isTrue(businessDate >= rules.schedule.startsOn, businessDate)
          const open = BankCalendar.isBusinessDay(rules.calendar, businessDate)
          assert.isTrue(open || rules.capturesClosedDays, businessDate)
        }
      })
    )
  })

  // Caught: a month qualified as soon as its last date was captured, other dates missing; the
  // cut-off told before it is over; a program's first month, begun in its middle, decided.
  it("never decides before the cut-off while a date is uncaptured, nor a month begun in its middle", () => {
    fc.assert(
      fc.property(input(), (given) => {
        for (const work of Plan.plan(given).due) {
          if (work._tag !== "Qualify") continue
          const rules = given.rulesOf(work.month)
          const isOver = given.nowMs >= BankCalendar.cutOffMs(rules.calendar, work.month, zone)
          assert.strictEqual(work.cutOff, isOver)
          assert.isTrue(CalendarMonth.first(work.month) >= rules.schedule.startsOn)
          if (isOver || given.evidence === "bank") continue
          const captured = new Map(given.captures.map((one) => [one.businessDate, one.count]))
          for (const date of Plan.capturedDates(work.month, rules)) {
            assert.isAbove(captured.get(date) ?? 0, 0, date)
          }
        }
      }),
      { numRuns: 500 }
    )
  })

  // Caught: all that is due called late.
  it("always calls late exactly the work whose time was too long ago", () => {
    fc.assert(
      fc.property(input(), (given) => {
        const { due, late } = Plan.plan(given)
        const { lateAfterMs } = given.rulesOf(monthOf("2026-10")).schedule
        for (const work of due) {
          assert.isAtMost(work.dueMs, given.nowMs)
          assert.strictEqual(late.includes(work), given.nowMs > work.dueMs + lateAfterMs)
        }
      })
    )
  })

  // Caught: a month decided again; a release of a month nobody approved; a release again without
  // a held message; a provisional report issued twice.
  it("never decides a decided month again, and releases only what was approved", () => {
    fc.assert(
      fc.property(input(), (given) => {
        const [month] = given.months
        const today = ZonedTime.businessDateAt(given.nowMs, zone)
        // The ledger knows no month that has not begun.
        if (month === undefined || CalendarMonth.first(month.month) > today) return
        const tags = Plan.plan(given)
          .due.filter((work) => work._tag !== "Capture" && work.month === month.month)
          .map((work) => work._tag)
        const isDecided = month.status === "decided"
        const isOver = isDecided || month.status === "released" || month.status === "closed"
        if (isOver) assert.notInclude(tags, "Qualify")
        const mayRelease = isDecided || (month.status === "released" && month.held)
        assert.strictEqual(tags.includes("Release"), month.approved && mayRelease)
        const provisional = isDecided && month.reports.length === 0
        assert.strictEqual(tags.includes("Provisional"), provisional)
      })
    )
  })

  // Caught: the last capture of a month taken from the ledger's last row.
  it("always gives the same plan, whatever the order of the ledger's rows", () => {
    fc.assert(
      fc.property(input(), (given) => {
        const captures = given.captures.toReversed()
        assert.deepStrictEqual(Plan.plan({ ...given, captures }), Plan.plan(given))
      })
    )
  })

  // Caught: `<` for `<=` in `take`; the midnight that began this month for the one that ends it.
  it("always wakes after now, and never later than the bank's next month begins", () => {
    fc.assert(
      fc.property(input(), (given) => {
        const { nextWakeMs } = Plan.plan(given)
        const month = CalendarMonth.of(ZonedTime.businessDateAt(given.nowMs, zone))
        const ends = ZonedTime.instantMsAt(CalendarMonth.last(month), 1440, zone)
        assert.isAbove(nextWakeMs, given.nowMs)
        assert.isAtMost(nextWakeMs, ends)
      })
    )
  })

  // Caught: the instants of work that is not due yet left out of the wake-up.
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

  // Caught: backfill due from the date's own instant, not from its last capture.
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

  // Caught: a read month's captures planned beside its decision.
  it("never captures what is read from the bank's own table", () => {
    fc.assert(
      fc.property(input(), (given) => {
        const { due } = Plan.plan({ ...given, evidence: "bank" })
        assert.isFalse(due.some((work) => work._tag === "Capture"))
      })
    )
  })

  // Caught: months pushed in the order in which they are found, the latest first.
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
      evidence: fc.constantFrom<Plan.PlanInput["evidence"]>("captured", "captured", "bank"),
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
        evidence: made.evidence,
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
