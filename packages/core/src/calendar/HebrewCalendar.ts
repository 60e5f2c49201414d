/**
 * The days of the Hebrew year that change an Israeli bank's day, found by rule.
 *
 * Guarantees the statutory shifts of Independence Day, Holocaust Day and the fast of Av; leaves
 * Shabbat, Friday and overrides to `BankCalendar`.
 */
import * as BusinessDate from "./BusinessDate.ts"

/** What a day of the Hebrew year is to a bank. */
export interface HebrewDay {
  readonly kind: "holiday" | "closedEve" | "eve" | "closedMourning" | "openMourning"
  readonly name: string
}

const sunday = 0
const monday = 1
const tuesday = 2
const wednesday = 3
const thursday = 4

/** Month and day of the Hebrew year, on any weekday or only on those named. */
type Rule = readonly [month: string, day: number, weekdays: ReadonlyArray<number>, HebrewDay]

const any: ReadonlyArray<number> = [0, 1, 2, 3, 4, 5, 6]
const holiday = (name: string): HebrewDay => ({ kind: "holiday", name })
const eve = (name: string): HebrewDay => ({ kind: "eve", name: `Eve of ${name}` })
const independence = holiday("Independence Day")
const memorial: HebrewDay = { kind: "openMourning", name: "Memorial Day" }
const holocaust: HebrewDay = { kind: "openMourning", name: "Holocaust Day" }
const av: HebrewDay = { kind: "closedMourning", name: "Tisha B'Av" }

/**
 * Nisan has 30 days and 15 Nisan falls on Sunday, Tuesday, Thursday or Saturday, so each shift is
 * told by the weekday of the day it lands on: 3 Iyar is a Thursday exactly when 5 Iyar is a
 * Saturday. Independence Day on Monday moves to Tuesday since 2004, Holocaust Day since 1997.
 */
const rules: ReadonlyArray<Rule> = [
  ["Tishri", 1, any, holiday("Rosh Hashana I")],
  ["Tishri", 2, any, holiday("Rosh Hashana II")],
  ["Tishri", 9, any, { kind: "closedEve", name: "Eve of Yom Kippur" }],
  ["Tishri", 10, any, holiday("Yom Kippur")],
  ["Tishri", 14, any, eve("Sukkot")],
  ["Tishri", 15, any, holiday("Sukkot I")],
  ["Tishri", 21, any, eve("Shemini Atzeret")],
  ["Tishri", 22, any, holiday("Shemini Atzeret")],
  // Intl calls the only Adar of a common year "Adar" and the second of a leap year "Adar II".
  ["Adar", 14, any, holiday("Purim")],
  ["Adar II", 14, any, holiday("Purim")],
  ["Nisan", 14, any, eve("Pesach")],
  ["Nisan", 15, any, holiday("Pesach I")],
  ["Nisan", 20, any, eve("Pesach VII")],
  ["Nisan", 21, any, holiday("Pesach VII")],
  ["Nisan", 26, [thursday], holocaust],
  ["Nisan", 27, [tuesday, thursday], holocaust],
  ["Nisan", 28, [monday], holocaust],
  ["Iyar", 2, [wednesday], memorial],
  ["Iyar", 3, [wednesday], memorial],
  ["Iyar", 3, [thursday], independence],
  ["Iyar", 4, [tuesday], memorial],
  ["Iyar", 4, [thursday], independence],
  ["Iyar", 5, [monday], memorial],
  ["Iyar", 5, [wednesday], independence],
  ["Iyar", 6, [tuesday], independence],
  ["Sivan", 5, any, eve("Shavuot")],
  ["Sivan", 6, any, holiday("Shavuot")],
  ["Av", 9, [sunday, monday, tuesday, wednesday, thursday, 5], av],
  ["Av", 10, [sunday], av],
  ["Elul", 29, any, eve("Rosh Hashana")]
]

const byDay = new Map<string, HebrewDay>()
for (const [month, day, weekdays, hebrewDay] of rules) {
  for (const weekday of weekdays) byDay.set(`${month} ${day} ${weekday}`, hebrewDay)
}

let formatter: Intl.DateTimeFormat | undefined

/**
 * What a date is in the Hebrew year to a bank, or `undefined` for a day like any other.
 *
 * **Source** — product rules, "Days"; Bank of Israel Proper Conduct of Banking Business
 * Directive 402; Independence Day Law, Holocaust Martyrs' and Heroes' Remembrance Day Law.
 */
export const dayAt = (date: BusinessDate.BusinessDate): HebrewDay | undefined => {
  formatter ??= new Intl.DateTimeFormat("en-u-ca-hebrew-nu-latn", {
    timeZone: "UTC",
    day: "numeric",
    month: "long"
  })
  let month = ""
  let day = ""
  for (const part of formatter.formatToParts(BusinessDate.toEpochDay(date) * 86_400_000)) {
    if (part.type === "month") month = part.value
    if (part.type === "day") day = part.value
  }
  return byDay.get(`${month} ${day} ${BusinessDate.weekday(date)}`)
}
