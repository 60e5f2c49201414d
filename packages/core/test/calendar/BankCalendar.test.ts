import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import * as BankCalendar from "../../src/calendar/BankCalendar.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import { bankZone, date, month } from "./scenarios.ts"

const israel = BankCalendar.israel()
/** Of a calendar that has not been asked before, so that no test rests on another's question. */
const day = (text: string) => BankCalendar.dayAt(BankCalendar.israel(), date(text))

const root =
  process.env["TIDEMARK_TEST_DATA"] ?? join(import.meta.dirname, "../../../../../shared/data")
const file = join(root, "calendar/il-bank-days-2024-2027.csv")
const present = existsSync(file)
if (!present) console.warn(`${file} not found: 1461 checks of bank days not run`)

describe.runIf(present)("BankCalendar.israel against the independent table", () => {
  it("agrees on every day of 2024 to 2027: open or closed, its end and its reason", () => {
    const rows = readFileSync(file, "utf8").trim().split(/\r?\n/).slice(1)
    for (const row of rows) {
      const [on = "", , , open, ends, reason] = row.split(",")
      assert.deepStrictEqual([on, ...tabulate(day(on))], [on, open, ends, reason])
    }
    assert.strictEqual(rows.length, 1461)
    console.info(`bank days 2024-2027: ${rows.length} of ${rows.length} days agree`)
  })
})

function tabulate(bankDay: ReturnType<typeof day>) {
  if (bankDay.kind === "closed") return ["0", "", bankDay.name]
  const { endsAtMinute } = bankDay
  const ends = `${Math.floor(endsAtMinute / 60)}:${String(endsAtMinute % 60).padStart(2, "0")}`
  // The table names Memorial Day by what follows it, and no mourning day on which banks open.
  const name = bankDay.name === "Memorial Day" ? "Eve of Independence Day" : bankDay.name
  return ["1", ends, bankDay.eve ? name : ""]
}

describe("BankCalendar.israel by name (Directive 402; holiday laws)", () => {
  it("opens on an ordinary day until 18:30 and on Friday until 14:00", () => {
    assert.deepStrictEqual(day("2026-06-02"), {
      kind: "business",
      endsAtMinute: 1110,
      eve: false,
      mourning: false
    })
    assert.deepInclude(day("2026-06-05"), { endsAtMinute: 840, eve: false })
  })

  it("closes on Saturday, on a holiday, and names both when they meet", () => {
    assert.deepStrictEqual(day("2026-06-06"), {
      kind: "closed",
      reason: "shabbat",
      name: "Saturday"
    })
    assert.deepInclude(day("2026-09-21"), { reason: "holiday", name: "Yom Kippur" })
    assert.deepInclude(day("2024-10-12"), { reason: "shabbat", name: "Saturday + Yom Kippur" })
  })

  const shifts: ReadonlyArray<readonly [string, string]> = [
    // 5 Iyar on Monday, Wednesday, Friday, Saturday
    ["2024-05-14", "Independence Day"],
    ["2024-05-13", "Memorial Day"],
    ["2026-04-22", "Independence Day"],
    ["2026-04-21", "Memorial Day"],
    ["2023-04-26", "Independence Day"],
    ["2022-05-05", "Independence Day"],
    ["2022-05-04", "Memorial Day"],
    ["2025-05-01", "Independence Day"],
    ["2025-04-30", "Memorial Day"],
    // 27 Nisan on Sunday, Tuesday, Thursday, Friday
    ["2024-05-06", "Holocaust Day"],
    ["2026-04-14", "Holocaust Day"],
    ["2025-04-24", "Holocaust Day"],
    ["2022-04-28", "Holocaust Day"],
    // 9 Av on Tuesday, and on Saturday: kept on Sunday
    ["2024-08-13", "Tisha B'Av"],
    ["2022-08-07", "Tisha B'Av"],
    // Purim of a leap year is in the second Adar
    ["2024-03-24", "Purim"],
    ["2025-03-14", "Purim"]
  ]
  for (const [on, name] of shifts) {
    it(`finds ${name} on ${on}`, () => assert.strictEqual(day(on).name, name))
  }

  it("never takes the statutory date of a day that was moved", () => {
    for (const on of ["2024-05-05", "2022-04-29", "2024-02-23"]) {
      assert.isUndefined(day(on).name, on)
    }
    assert.deepStrictEqual(day("2022-08-06").name, "Saturday")
    assert.strictEqual(day("2024-05-12").name, undefined)
  })

  it("classifies each kind of day for message windows, mourning before everything", () => {
    const classes = [
      ["2026-06-02", "ordinary"],
      ["2026-06-05", "short"],
      ["2026-04-01", "short"],
      ["2026-06-06", "closed"],
      ["2026-09-21", "closed"],
      ["2026-07-23", "mourning"],
      ["2026-04-14", "mourning"],
      ["2026-04-21", "mourning"]
    ] as const
    for (const [on, expected] of classes) {
      assert.strictEqual(BankCalendar.messageDayAt(israel, date(on)), expected, on)
    }
  })
})

describe("BankCalendar overrides", () => {
  const election = { date: date("2026-10-27"), kind: "closed", reason: "Knesset election" } as const

  it("closes an election day and says that it was declared", () => {
    assert.strictEqual(day("2026-10-27").kind, "business")
    const calendar = BankCalendar.israel([election])
    assert.deepStrictEqual(BankCalendar.dayAt(calendar, election.date), {
      kind: "closed",
      reason: "declared",
      name: "Knesset election"
    })
    assert.isFalse(BankCalendar.isBusinessDay(calendar, election.date))
  })

  it("opens a closed day, until the ordinary end unless another is given", () => {
    const override = { date: date("2026-06-06"), kind: "open", reason: "order" } as const
    const ordinary = BankCalendar.israel([override])
    assert.deepInclude(BankCalendar.dayAt(ordinary, override.date), {
      endsAtMinute: 1110,
      mourning: false,
      name: "order"
    })
    assert.deepInclude(BankCalendar.dayAt(ordinary, override.date), {
      kind: "business",
      eve: false
    })
    const until = { ...override, endsAtMinute: 720, mourning: true }
    const short = BankCalendar.israel([until])
    assert.deepInclude(BankCalendar.dayAt(short, override.date), {
      endsAtMinute: 720,
      mourning: true
    })
  })

  it("has a name, and no override that was not given", () => {
    const rules = { weekend: [6], holidays: [] }
    const calendars = [BankCalendar.israel(), BankCalendar.weekdays(rules)]
    assert.deepStrictEqual(
      calendars.map(({ name, overrides }) => [name, overrides]),
      [
        ["israel", []],
        ["weekdays", []]
      ]
    )
    // Caught: a short day that nobody listed.
    assert.deepStrictEqual(BankCalendar.weekdays(rules).shortDays, [])
  })

  it("adds later overrides to earlier ones; the last of a date wins", () => {
    const back = { date: election.date, kind: "open", reason: "postponed" } as const
    const mourning = {
      date: date("2026-10-28"),
      kind: "closed",
      reason: "state funeral",
      closedReason: "mourning"
    } as const
    const calendar = BankCalendar.withOverrides(BankCalendar.israel([election]), [back, mourning])
    assert.isTrue(BankCalendar.isBusinessDay(calendar, election.date))
    assert.strictEqual(BankCalendar.messageDayAt(calendar, mourning.date), "mourning")
    assert.deepStrictEqual(calendar.overrides, [election, back, mourning])
    assert.strictEqual(BankCalendar.dayAt(calendar, date("2026-09-21")).name, "Yom Kippur")
  })
})

describe("BankCalendar.weekdays", () => {
  const holiday = { date: date("2026-01-01"), name: "New Year" }
  const calendar = BankCalendar.weekdays({ weekend: [0, 6], holidays: [holiday] })

  it("closes on the weekend and on listed holidays, and opens otherwise until 17:00", () => {
    const reasons = ["2026-01-01", "2026-01-03", "2026-01-04"].map((on) =>
      BankCalendar.dayAt(calendar, date(on))
    )
    assert.deepStrictEqual(reasons, [
      { kind: "closed", reason: "holiday", name: "New Year" },
      { kind: "closed", reason: "weekend", name: "Weekend" },
      { kind: "closed", reason: "weekend", name: "Weekend" }
    ])
    const open = { kind: "business", endsAtMinute: 1020, eve: false, mourning: false }
    assert.deepStrictEqual<unknown>(BankCalendar.dayAt(calendar, date("2026-01-02")), open)
  })

  it("has an ordinary Friday, unless its rules name it short", () => {
    const friday = date("2026-01-09")
    assert.strictEqual(BankCalendar.messageDayAt(calendar, friday), "ordinary")
    const rules = { weekend: [6], holidays: [], shortDays: [5] }
    assert.strictEqual(BankCalendar.messageDayAt(BankCalendar.weekdays(rules), friday), "short")
  })

  it("takes another end and overrides", () => {
    const closed = { date: date("2026-01-05"), kind: "closed", reason: "flood" } as const
    const rules = { weekend: [5], holidays: [], endsAtMinute: 960, overrides: [closed] }
    const other = BankCalendar.weekdays(rules)
    assert.deepInclude(BankCalendar.dayAt(other, date("2026-01-06")), { endsAtMinute: 960 })
    assert.isFalse(BankCalendar.isBusinessDay(other, date("2026-01-05")))
  })

  it("finds a business day after a closure of 400 days less one, and none after a longer one", () => {
    const from = date("2026-01-01")
    const closedFor = (days: number, sign: number) =>
      BankCalendar.weekdays({
        weekend: [],
        holidays: Array.from({ length: days }, (_, index) => ({
          date: BusinessDate.addDays(from, sign * (index + 1)),
          name: "closure"
        }))
      })
    const next = (days: number) => BankCalendar.nextBusinessDay(closedFor(days, 1), from)
    const previous = (days: number) => BankCalendar.previousBusinessDay(closedFor(days, -1), from)
    assert.strictEqual(next(399), BusinessDate.addDays(from, 400))
    assert.strictEqual(previous(399), BusinessDate.addDays(from, -400))
    assert.isUndefined(next(400))
    assert.isUndefined(previous(400))
  })

  it("finds no business day where the whole week is weekend", () => {
    const never = BankCalendar.weekdays({ weekend: [0, 1, 2, 3, 4, 5, 6], holidays: [] })
    assert.isUndefined(BankCalendar.nextBusinessDay(never, date("2026-01-01")))
    assert.isUndefined(BankCalendar.previousBusinessDay(never, date("2026-01-01")))
    assert.isUndefined(BankCalendar.nthBusinessDayOf(never, month("2026-01"), 1))
    const cutOff = BankCalendar.cutOffMs(never, month("2025-12"), "UTC")
    assert.strictEqual(cutOff, Date.UTC(2026, 1, 1))
  })
})

describe("BankCalendar over business days", () => {
  it("steps over Shabbat and holidays in both directions", () => {
    // Rosh Hashana 5787 is Saturday and Sunday, 12 and 13 September 2026.
    assert.strictEqual(BankCalendar.nextBusinessDay(israel, date("2026-09-11")), "2026-09-14")
    assert.strictEqual(BankCalendar.previousBusinessDay(israel, date("2026-09-14")), "2026-09-11")
  })

  it("counts the business days of a month", () => {
    // October 2026 begins with Thursday, Friday (eve) and Shabbat + Shemini Atzeret.
    const days = [1, 2, 3, 99].map((n) =>
      BankCalendar.nthBusinessDayOf(israel, month("2026-10"), n)
    )
    assert.deepStrictEqual(days, [
      date("2026-10-01"),
      date("2026-10-02"),
      date("2026-10-04"),
      undefined
    ])
  })

  it("cuts a month off at the end of the third business day of the next", () => {
    const cutOff = BankCalendar.cutOffMs(israel, month("2026-09"), bankZone)
    assert.strictEqual(new Date(cutOff).toISOString(), "2026-10-04T15:30:00.000Z")
  })

  it("cuts a month off at 14:00 where the third business day is a Friday", () => {
    // 1 July 2026 is a Wednesday.
    const cutOff = BankCalendar.cutOffMs(israel, month("2026-06"), bankZone)
    assert.strictEqual(new Date(cutOff).toISOString(), "2026-07-03T11:00:00.000Z")
  })

  it("gives the closed days of a month as bits, day 1 lowest", () => {
    const closed = CalendarMonth.dates(month("2026-09")).filter(
      (on) => !BankCalendar.isBusinessDay(israel, on)
    )
    const bits = BankCalendar.closedBits(israel, month("2026-09"))
    const expected = closed.reduce((sum, on) => sum + 2 ** (Number(on.slice(8)) - 1), 0)
    assert.strictEqual(bits, expected)
    assert.strictEqual(BankCalendar.closedBits(israel, month("2026-09")), bits)
    assert.deepStrictEqual(
      closed.map((on) => on.slice(8)),
      ["05", "12", "13", "19", "20", "21", "26"]
    )
  })

  for (const [text, last, name] of [
    ["2026-07", "2026-07-31", undefined],
    ["2026-10", "2026-10-31", "Saturday"],
    ["2036-09", "2036-09-30", "Eve of Yom Kippur"],
    ["2029-03", "2029-03-31", "Saturday + Pesach I"]
  ] as const) {
    it(`ends ${text} on ${last}, ${name ?? "a Friday"}`, () => {
      const on = CalendarMonth.last(month(text))
      assert.strictEqual<string>(on, last)
      assert.strictEqual(day(on).name, name)
      assert.strictEqual(day(on).kind, name === undefined ? "business" : "closed")
    })
  }
})
