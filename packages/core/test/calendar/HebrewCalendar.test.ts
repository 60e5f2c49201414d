import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as HebrewCalendar from "../../src/calendar/HebrewCalendar.ts"
import { date } from "./scenarios.ts"

/** As published for 5784 to 5788; 2024 and 2027 lie in leap years, with a second Adar. */
const published: ReadonlyArray<readonly [name: string, ...days: ReadonlyArray<string>]> = [
  ["Purim", "2024-03-24", "2025-03-14", "2026-03-03", "2027-03-23"],
  ["Pesach I", "2024-04-23", "2025-04-13", "2026-04-02", "2027-04-22"],
  ["Pesach VII", "2024-04-29", "2025-04-19", "2026-04-08", "2027-04-28"],
  ["Holocaust Day", "2024-05-06", "2025-04-24", "2026-04-14", "2027-05-04"],
  ["Memorial Day", "2024-05-13", "2025-04-30", "2026-04-21", "2027-05-11"],
  ["Independence Day", "2024-05-14", "2025-05-01", "2026-04-22", "2027-05-12"],
  ["Shavuot", "2024-06-12", "2025-06-02", "2026-05-22", "2027-06-11"],
  ["Tisha B'Av", "2024-08-13", "2025-08-03", "2026-07-23", "2027-08-12"],
  ["Rosh Hashana I", "2024-10-03", "2025-09-23", "2026-09-12", "2027-10-02"],
  ["Rosh Hashana II", "2024-10-04", "2025-09-24", "2026-09-13", "2027-10-03"],
  ["Yom Kippur", "2024-10-12", "2025-10-02", "2026-09-21", "2027-10-11"],
  ["Sukkot I", "2024-10-17", "2025-10-07", "2026-09-26", "2027-10-16"],
  ["Shemini Atzeret", "2024-10-24", "2025-10-14", "2026-10-03", "2027-10-23"]
]

const kinds: Readonly<Record<string, HebrewCalendar.HebrewDay["kind"]>> = {
  "Holocaust Day": "openMourning",
  "Memorial Day": "openMourning",
  "Tisha B'Av": "closedMourning"
}

/** Names of days by their dates, for each of many years. */
const years = Array.from({ length: 80 }, (_, index) => {
  const year = 1998 + index
  const names = new Map<string, Array<BusinessDate.BusinessDate>>()
  for (
    let day = date(`${year}-01-01`);
    day <= `${year}-12-31`;
    day = BusinessDate.addDays(day, 1)
  ) {
    const found = HebrewCalendar.dayAt(day)
    if (found !== undefined) names.set(found.name, [...(names.get(found.name) ?? []), day])
  }
  return { year, names }
})

describe("HebrewCalendar.dayAt against the published holidays of 2024 to 2027", () => {
  for (const [name, ...days] of published) {
    it(`finds ${name} in each year`, () => {
      for (const day of days) {
        const kind = kinds[name] ?? "holiday"
        assert.deepStrictEqual(HebrewCalendar.dayAt(date(day)), { kind, name }, day)
      }
    })
  }

  it("finds the eves, Yom Kippur's closed (Directive 402)", () => {
    const eves = ["Pesach", "Pesach VII", "Shavuot", "Rosh Hashana", "Sukkot", "Shemini Atzeret"]
    for (const { names } of years) {
      for (const name of eves) assert.lengthOf(names.get(`Eve of ${name}`) ?? [], 1)
    }
    assert.strictEqual(HebrewCalendar.dayAt(date("2026-04-01"))?.kind, "eve")
    assert.strictEqual(HebrewCalendar.dayAt(date("2026-09-20"))?.kind, "closedEve")
  })

  it("finds nothing on other days, the half-holidays and the first Adar among them", () => {
    for (const day of ["2026-06-02", "2026-04-05", "2026-09-28", "2024-02-23", "2027-02-21"]) {
      assert.isUndefined(HebrewCalendar.dayAt(date(day)), day)
    }
  })
})

describe("for every year from 1998 to 2077", () => {
  // Planted, each seen red here: 10 Av on a Sunday left out; 4 Iyar on a Thursday left out; Purim
  // also in "Adar I"; 27 Nisan on a Sunday taken as it stands.
  it("always has each named day exactly once", () => {
    const names = published.map(([name]) => name)
    for (const { year, names: found } of years) {
      // Gedaliah, Esther and the like are no bank days: nothing else is named but the eves.
      const days = Array.from(found.keys()).filter((name) => !name.startsWith("Eve of "))
      assert.sameMembers(days, names, String(year))
      for (const [name, on] of found) assert.lengthOf(on, 1, `${name} ${year}`)
    }
  })

  it("always keeps Memorial Day the day before Independence Day", () => {
    for (const { year, names } of years) {
      const [memorial] = names.get("Memorial Day") ?? []
      const [independence] = names.get("Independence Day") ?? []
      assert.isDefined(memorial)
      assert.strictEqual(BusinessDate.addDays(memorial, 1), independence, String(year))
    }
  })

  // The calendar's own postponements, and the laws that keep each day off Shabbat and its eve.
  const weekdays: ReadonlyArray<readonly [name: string, ...ReadonlyArray<number>]> = [
    ["Rosh Hashana I", 1, 2, 4, 6],
    ["Yom Kippur", 1, 3, 4, 6],
    ["Pesach I", 0, 2, 4, 6],
    ["Purim", 0, 2, 4, 5],
    ["Independence Day", 2, 3, 4],
    ["Holocaust Day", 1, 2, 4],
    ["Tisha B'Av", 0, 2, 4]
  ]
  for (const [name, ...allowed] of weekdays) {
    it(`never puts ${name} on a weekday it cannot fall on, and uses all the others`, () => {
      const seen = years.flatMap(({ names }) => (names.get(name) ?? []).map(BusinessDate.weekday))
      assert.sameMembers(Array.from(new Set(seen)), allowed)
    })
  }
})
