import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as ZonedTime from "../../src/calendar/ZonedTime.ts"
import { bankZone, date, month } from "./scenarios.ts"

const hourMs = 3_600_000
const at = (day: string, minute: number) => ZonedTime.instantMsAt(date(day), minute, bankZone)
const iso = (instantMs: number) => new Date(instantMs).toISOString()
const hoursOf = (day: string) => (at(day, 1440) - at(day, 0)) / hourMs

describe("ZonedTime in Asia/Jerusalem, by name", () => {
  // Dates of tz 2026c: Friday before the last Sunday of March, last Sunday of October.
  for (const day of ["2026-03-27", "2027-03-26", "2028-03-24", "2029-03-23", "2030-03-29"]) {
    it(`puts a check at 02:30 on ${day}, a night without 02:30, to 03:00 summer time`, () => {
      assert.strictEqual(iso(at(day, 150)), `${day}T00:00:00.000Z`)
      assert.strictEqual(ZonedTime.minuteOfDayAt(at(day, 150), bankZone), 180)
      assert.strictEqual(iso(at(day, 119)), iso(at(day, 120) - 60_000))
      assert.strictEqual(hoursOf(day), 23)
    })
  }

  for (const day of ["2026-10-25", "2027-10-31", "2028-10-29", "2029-10-28", "2030-10-27"]) {
    it(`takes the first of the two 01:30 of ${day} and only one 02:30`, () => {
      const before = BusinessDate.addDays(date(day), -1)
      assert.strictEqual(iso(at(day, 90)), `${before}T22:30:00.000Z`)
      assert.strictEqual(iso(at(day, 150)), `${day}T00:30:00.000Z`)
      assert.strictEqual(ZonedTime.minuteOfDayAt(at(day, 90) + hourMs, bankZone), 90)
      assert.strictEqual(hoursOf(day), 25)
    })
  }

  it("ends October 2027 on its 25-hour last day at the next month's first instant", () => {
    const last = CalendarMonth.last(month("2027-10"))
    const end = ZonedTime.instantMsAt(last, 1440, bankZone)
    assert.strictEqual(last, "2027-10-31")
    assert.strictEqual(iso(end), "2027-10-31T22:00:00.000Z")
    assert.strictEqual(ZonedTime.businessDateAt(end - 1, bankZone), "2027-10-31")
    assert.strictEqual(ZonedTime.businessDateAt(end, bankZone), "2027-11-01")
  })

  it("puts a check at 23:59:59.999 on the ending day and at 00:00:00.000 on the beginning one", () => {
    for (const day of ["2026-12-31", "2027-02-28", "2028-02-28", "2028-02-29", "2100-02-28"]) {
      const midnight = at(day, 1440)
      assert.strictEqual(ZonedTime.businessDateAt(midnight - 1, bankZone), day)
      assert.strictEqual(ZonedTime.minuteOfDayAt(midnight - 1, bankZone), 1439)
      const next = BusinessDate.addDays(date(day), 1)
      assert.strictEqual(ZonedTime.businessDateAt(midnight, bankZone), next)
      assert.strictEqual(ZonedTime.minuteOfDayAt(midnight, bankZone), 0)
    }
  })

  it("goes from 31 December to 1 January at 22:00 UTC", () => {
    assert.strictEqual(iso(at("2027-01-01", 0)), "2026-12-31T22:00:00.000Z")
  })
})

describe("ZonedTime elsewhere", () => {
  it("puts every minute of a day a zone skipped to the first instant after it", () => {
    // Samoa crossed the date line: 2011-12-30 did not exist (tz database, Pacific/Apia).
    const skipped = ZonedTime.instantMsAt(date("2011-12-30"), 720, "Pacific/Apia")
    assert.strictEqual(iso(skipped), "2011-12-30T10:00:00.000Z")
    assert.strictEqual(ZonedTime.businessDateAt(skipped, "Pacific/Apia"), "2011-12-31")
    assert.strictEqual(ZonedTime.businessDateAt(skipped - 1, "Pacific/Apia"), "2011-12-29")
  })

  it("reads half-hour shifts and offsets of a quarter hour", () => {
    // Lord Howe Island shifts by 30 minutes at 02:00; Nepal is UTC+05:45 (tz database).
    const gap = ZonedTime.instantMsAt(date("2026-10-04"), 135, "Australia/Lord_Howe")
    assert.strictEqual(ZonedTime.minuteOfDayAt(gap, "Australia/Lord_Howe"), 150)
    const nepal = ZonedTime.instantMsAt(date("2026-10-04"), 0, "Asia/Kathmandu")
    assert.strictEqual(iso(nepal), "2026-10-03T18:15:00.000Z")
  })

  it("reads a shift inside an hour of UTC to the minute", () => {
    // Liberia went from -00:44:30 to UTC on 7 January 1972 (tz database, Africa/Monrovia).
    const zone = "Africa/Monrovia"
    const after = Date.UTC(1972, 0, 7, 0, 45)
    assert.strictEqual(ZonedTime.minuteOfDayAt(after, zone), 45)
    assert.strictEqual(ZonedTime.minuteOfDayAt(after - 60_000, zone), 23 * 60 + 59)
  })

  it("keeps answering after more days than it remembers", () => {
    for (let day = 0; day < 10_050; day++) ZonedTime.minuteOfDayAt(day * 24 * hourMs, "Etc/GMT")
    assert.strictEqual(ZonedTime.minuteOfDayAt(90 * 60_000, "Etc/GMT"), 90)
  })

  it("knows zones by their names only", () => {
    const known = ["Asia/Jerusalem", "UTC", "Asia/Kolkata", "Europe/Kyiv", "Pacific/Kiritimati"]
    for (const zone of known) assert.isTrue(ZonedTime.isZone(zone), zone)
    for (const zone of ["", "Mars/Olympus", "asia/jerusalem", "+02:00", "Asia/Jerusalem "]) {
      assert.isFalse(ZonedTime.isZone(zone), zone)
    }
  })
})

interface Transition {
  readonly utc: string
  readonly local_after: string
  readonly local_before: string
}

const root =
  process.env["TIDEMARK_TEST_DATA"] ?? join(import.meta.dirname, "../../../../../shared/data")
const file = join(root, "calendar/asia-jerusalem.json")
const present = existsSync(file)
if (!present) console.warn(`${file} not found: 10 checks of zone changes not run`)

describe.runIf(present)("ZonedTime against the tz database's table", () => {
  it("changes the clock at every listed instant, from and to the listed time", () => {
    const table: { readonly transitions: ReadonlyArray<Transition> } = JSON.parse(
      readFileSync(file, "utf8")
    )
    assert.isAtLeast(table.transitions.length, 10)
    for (const { utc, local_after: after, local_before: before } of table.transitions) {
      const instantMs = Date.parse(utc)
      assert.strictEqual(ZonedTime.minuteOfDayAt(instantMs, bankZone), minuteOf(after))
      assert.strictEqual(ZonedTime.minuteOfDayAt(instantMs - 1, bankZone), minuteOf(before) - 1)
      assert.strictEqual(ZonedTime.businessDateAt(instantMs, bankZone), after.slice(0, 10))
    }
  })
})

function minuteOf(local: string) {
  return Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16))
}
