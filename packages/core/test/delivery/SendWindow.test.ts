import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as BankCalendar from "../../src/calendar/BankCalendar.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as ZonedTime from "../../src/calendar/ZonedTime.ts"
import * as SendWindow from "../../src/delivery/SendWindow.ts"
import { hour, minute } from "./carriers.ts"

const zone = "Asia/Jerusalem"
const calendar = BankCalendar.israel()
const date = (text: string) => BusinessDate.parse(text) ?? assert.fail(`not a date: ${text}`)
const at = (text: string, hours: number, minutes = 0) =>
  ZonedTime.instantMsAt(date(text), hours * 60 + minutes, zone)
const stateAt = (nowMs: number, policy = SendWindow.defaults) =>
  SendWindow.stateAt(policy, calendar, zone, nowMs)

describe("product rules, Send window", () => {
  const sunday = "2026-11-01"
  const friday = "2026-11-06"

  it("Sun–Thu 09:00–20:00", () => {
    assert.deepStrictEqual(stateAt(at(sunday, 9) - 1), { open: false, opensMs: at(sunday, 9) })
    assert.deepStrictEqual(stateAt(at(sunday, 9)), { open: true, closesMs: at(sunday, 20) })
    assert.deepStrictEqual(stateAt(at(sunday, 20) - 1), { open: true, closesMs: at(sunday, 20) })
    const monday = at("2026-11-02", 9)
    assert.deepStrictEqual(stateAt(at(sunday, 20)), { open: false, opensMs: monday })
  })

  it("Fri 09:00–13:00, closed on Shabbat", () => {
    assert.deepStrictEqual(stateAt(at(friday, 9)), { open: true, closesMs: at(friday, 13) })
    const next = { open: false, opensMs: at("2026-11-08", 9) } as const
    assert.deepStrictEqual(stateAt(at(friday, 13)), next)
    assert.deepStrictEqual(stateAt(at("2026-11-07", 12)), next)
  })

  it("holiday eves 09:00–13:00, closed on holidays (Pesach, 2 April 2026)", () => {
    assert.deepStrictEqual(stateAt(at("2026-04-01", 12)), {
      open: true,
      closesMs: at("2026-04-01", 13)
    })
    assert.deepStrictEqual(stateAt(at("2026-04-02", 12)), {
      open: false,
      opensMs: at("2026-04-03", 9)
    })
  })

  it("closed on national mourning days (Holocaust Remembrance Day, 14 April 2026)", () => {
    assert.deepStrictEqual(stateAt(at("2026-04-14", 12)), {
      open: false,
      opensMs: at("2026-04-15", 9)
    })
  })

  it("follows the wall clock over the change to winter time (25 October 2026)", () => {
    assert.strictEqual(at("2026-10-25", 9) - at("2026-10-24", 9), 25 * hour)
    assert.deepStrictEqual(stateAt(at("2026-10-24", 9)), {
      open: false,
      opensMs: at("2026-10-25", 9)
    })
  })

  it("expires at the close of the fifth open day after the date of release", () => {
    const expiry = (releaseMs: number, days = 5) =>
      SendWindow.expiryMs(SendWindow.defaults, calendar, zone, releaseMs, days)
    assert.strictEqual(expiry(at(sunday, 10)), at(friday, 13))
    assert.strictEqual(expiry(at(sunday, 23)), at(friday, 13))
    assert.strictEqual(expiry(at("2026-11-05", 10)), at("2026-11-11", 20))
    assert.strictEqual(expiry(at(sunday, 10), 1), at("2026-11-02", 20))
  })

  const allDay = { fromMinute: 0, toMinute: 1440 }

  it("takes windows that touch at midnight for one", () => {
    const policy = { ...SendWindow.defaults, ordinary: allDay, short: allDay }
    assert.deepStrictEqual(stateAt(at(sunday, 10), policy), {
      open: true,
      closesMs: at("2026-11-07", 0)
    })
  })

  it("is open without end where every day is open all day, as far as it looks", () => {
    const policy = { ordinary: allDay, short: allDay, closed: allDay, mourning: allDay }
    const state = stateAt(at(sunday, 10), policy)
    assert.isTrue(state.open && state.closesMs > at(sunday, 10) + 399 * 24 * hour)
  })

  it("never opens in a calendar without open days, and then expires after 400 days", () => {
    const never = { ordinary: null, short: null, closed: null, mourning: null }
    assert.deepStrictEqual(stateAt(at(sunday, 10), never), { open: false, opensMs: null })
    const expiry = SendWindow.expiryMs(never, calendar, zone, at(sunday, 10), 5)
    assert.strictEqual(expiry, at("2027-12-07", 0))
  })

  // Caught: a horizon of 399 days.
  it("looks 400 days ahead, the last of them included", () => {
    const onlyClosed = { ordinary: null, short: null, closed: allDay, mourning: null }
    const closedOn = (text: string) =>
      BankCalendar.weekdays({ weekend: [], holidays: [{ date: date(text), name: "Holiday" }] })
    const from = at(sunday, 10)
    const far = closedOn("2027-12-06")
    assert.deepStrictEqual(SendWindow.stateAt(onlyClosed, far, zone, from), {
      open: false,
      opensMs: at("2027-12-06", 0)
    })
    const evening = { ...onlyClosed, closed: { fromMinute: 540, toMinute: 1200 } }
    assert.strictEqual(SendWindow.expiryMs(evening, far, zone, from, 1), at("2027-12-06", 20))
    const tooFar = closedOn("2027-12-07")
    assert.deepStrictEqual(SendWindow.stateAt(onlyClosed, tooFar, zone, from), {
      open: false,
      opensMs: null
    })
  })

  it("skips a window that a clock change swallows whole", () => {
    // Spring 2026: 27 March, 02:00 becomes 03:00, so 02:00 to 02:30 is no time at all.
    const night = { fromMinute: 120, toMinute: 150 }
    const policy = { ordinary: night, short: night, closed: night, mourning: night }
    assert.deepStrictEqual(stateAt(at("2026-03-27", 0), policy), {
      open: false,
      opensMs: at("2026-03-28", 2)
    })
  })

  // Caught: hours before midnight, or no midnight at all.
  it("names the first problem of the hours", () => {
    const problems = [
      SendWindow.defaults,
      { ...SendWindow.defaults, short: { fromMinute: 9.5, toMinute: 10 } },
      { ...SendWindow.defaults, short: { fromMinute: 0, toMinute: 1441 } },
      { ...SendWindow.defaults, short: { fromMinute: -1, toMinute: 60 } },
      { ...SendWindow.defaults, short: allDay },
      { ...SendWindow.defaults, mourning: { fromMinute: 60, toMinute: 60 } },
      { ordinary: null, short: null, closed: null, mourning: null }
    ].map((policy) => SendWindow.problem(policy))
    assert.deepStrictEqual(problems, [
      undefined,
      { day: "short", problem: "NOT_MINUTES" },
      { day: "short", problem: "NOT_MINUTES" },
      { day: "short", problem: "NOT_MINUTES" },
      undefined,
      { day: "mourning", problem: "EMPTY" },
      { day: null, problem: "NEVER_OPEN" }
    ])
  })
})

describe("for every instant of the years 2024 to 2104", () => {
  // Planted: `nowMs <= span.toMs`; `nowMs <= span.fromMs`.
  it("always changes between open and closed exactly where it says", () => {
    fc.assert(
      fc.property(instants, (nowMs) => {
        const state = stateAt(nowMs)
        if (state.open) {
          assert.isAbove(state.closesMs, nowMs)
          assert.isTrue(stateAt(state.closesMs - 1).open)
          assert.isFalse(stateAt(state.closesMs).open)
        } else if (state.opensMs === null) assert.fail("the default window opens again")
        else {
          assert.isAbove(state.opensMs, nowMs)
          assert.isFalse(stateAt(state.opensMs - 1).open)
          assert.isTrue(stateAt(state.opensMs).open)
        }
      })
    )
  })

  // Planted: the date of release counted as the first day.
  it("always expires at a close, after five windows have opened since the release day", () => {
    fc.assert(
      fc.property(instants, (releaseMs) => {
        const expiry = SendWindow.expiryMs(SendWindow.defaults, calendar, zone, releaseMs, 5)
        let opened = 0
        const day = ZonedTime.businessDateAt(releaseMs, zone)
        let nowMs = ZonedTime.instantMsAt(BusinessDate.addDays(day, 1), 0, zone)
        while (nowMs < expiry) {
          const state = stateAt(nowMs)
          if (state.open) {
            opened++
            nowMs = state.closesMs
          } else nowMs = state.opensMs ?? assert.fail("the default window opens again")
        }
        assert.strictEqual(nowMs, expiry)
        assert.strictEqual(opened, 5)
      })
    )
  })
})

const range = {
  min: ZonedTime.instantMsAt(date("2024-01-01"), 0, zone),
  max: ZonedTime.instantMsAt(date("2104-01-01"), 0, zone)
}
const days = Math.floor((range.max - range.min) / (24 * hour))

/** Any instant, and the limits of hours and of days. */
const instants = fc.oneof(
  fc.integer(range),
  fc
    .tuple(
      fc.nat(days - 1),
      fc.constantFrom(0, 9 * 60, 13 * 60, 20 * 60),
      fc.constantFrom(-1, 0, minute)
    )
    .map(([day, minuteOfDay, off]) => {
      const on = BusinessDate.addDays(date("2024-01-02"), day)
      return ZonedTime.instantMsAt(on, minuteOfDay, zone) + off
    })
)
