/**
 * On which dates a bank closes its books: rules plus overrides as data.
 *
 * Guarantees one answer per date, overrides first. Leaves the meaning of a closed day for a
 * balance to `balance`, and for a message to `delivery`.
 */
import { type BankDay, type CalendarOverride, type MessageDay, messageDay } from "./BankDay.ts"
import * as BusinessDate from "./BusinessDate.ts"
import * as CalendarMonth from "./CalendarMonth.ts"
import * as HebrewCalendar from "./HebrewCalendar.ts"
import * as ZonedTime from "./ZonedTime.ts"

/** A bank's calendar. Make it once: answers are kept per date. */
export interface BankCalendar {
  readonly name: string
  readonly overrides: ReadonlyArray<CalendarOverride>
  /** The rule without overrides. */
  readonly rule: (date: BusinessDate.BusinessDate) => BankDay
  /** The end of an ordinary business day, minute of the day. */
  readonly endsAtMinute: number
  /** Days of the week with the short message window; 0 is Sunday. */
  readonly shortDays: ReadonlyArray<number>
  readonly days: Map<BusinessDate.BusinessDate, BankDay>
  readonly closed: Map<CalendarMonth.CalendarMonth, number>
}

/** Directive 402: the business day ends at 18:30, on Fridays and holiday eves at 14:00. */
const israelEndsAtMinute = 18 * 60 + 30
const israelShortEndsAtMinute = 14 * 60

const friday = 5
const saturday = 6

const israelRule = (date: BusinessDate.BusinessDate): BankDay => {
  const weekday = BusinessDate.weekday(date)
  const hebrew = HebrewCalendar.dayAt(date)
  const closes = hebrew !== undefined && hebrew.kind !== "eve" && hebrew.kind !== "openMourning"
  if (weekday === saturday) {
    const name = closes ? `Saturday + ${hebrew.name}` : "Saturday"
    return { kind: "closed", reason: "shabbat", name }
  }
  if (closes) {
    const reason = hebrew.kind === "closedMourning" ? "mourning" : "holiday"
    return { kind: "closed", reason, name: hebrew.name }
  }
  // Memorial Day is by law the day before Independence Day, so it is an eve as well.
  const eve = hebrew?.kind === "eve" || hebrew?.name === "Memorial Day"
  return {
    kind: "business",
    endsAtMinute: eve || weekday === friday ? israelShortEndsAtMinute : israelEndsAtMinute,
    eve,
    mourning: hebrew?.kind === "openMourning",
    ...(hebrew === undefined ? {} : { name: hebrew.name })
  }
}

const make = (
  name: string,
  endsAtMinute: number,
  shortDays: ReadonlyArray<number>,
  rule: (date: BusinessDate.BusinessDate) => BankDay,
  overrides: ReadonlyArray<CalendarOverride>
): BankCalendar => {
  const days = new Map<BusinessDate.BusinessDate, BankDay>()
  for (const override of overrides) {
    days.set(override.date, overridden(override, endsAtMinute))
  }
  return { name, overrides, rule, endsAtMinute, shortDays, days, closed: new Map() }
}

const overridden = (override: CalendarOverride, endsAtMinute: number): BankDay =>
  override.kind === "closed"
    ? { kind: "closed", reason: override.closedReason ?? "declared", name: override.reason }
    : {
        kind: "business",
        endsAtMinute: override.endsAtMinute ?? endsAtMinute,
        eve: false,
        mourning: override.mourning ?? false,
        name: override.reason
      }

/**
 * The calendar of banks in Israel, by rule from the Hebrew calendar. Friday is a business day,
 * Saturday and holidays are closed. Elections and emergency orders come as overrides.
 *
 * **Source** — Bank of Israel Proper Conduct of Banking Business Directive 402; product rules,
 * "Days".
 */
export const israel = (overrides: ReadonlyArray<CalendarOverride> = []): BankCalendar =>
  make("israel", israelEndsAtMinute, [friday], israelRule, overrides)

/** What a calendar without religious rules is made of. */
export interface WeekdayRules {
  /** Days of the week on which the bank is closed; 0 is Sunday. */
  readonly weekend: ReadonlyArray<number>
  readonly holidays: ReadonlyArray<{
    readonly date: BusinessDate.BusinessDate
    readonly name: string
  }>
  /** Default 17:00. */
  readonly endsAtMinute?: number
  /** Days of the week on which messages go out in the short window; default none. */
  readonly shortDays?: ReadonlyArray<number>
  readonly overrides?: ReadonlyArray<CalendarOverride>
}

/**
 * A calendar of a fixed weekend and listed holidays. A holiday on a weekend stays a weekend.
 *
 * **Source** — product rules, "Days".
 */
export const weekdays = (rules: WeekdayRules): BankCalendar => {
  const names = new Map(rules.holidays.map(({ date, name }) => [date, name]))
  const endsAtMinute = rules.endsAtMinute ?? 17 * 60
  const rule = (date: BusinessDate.BusinessDate): BankDay => {
    const name = names.get(date)
    if (rules.weekend.includes(BusinessDate.weekday(date))) {
      return { kind: "closed", reason: "weekend", name: "Weekend" }
    }
    return name === undefined
      ? { kind: "business", endsAtMinute, eve: false, mourning: false }
      : { kind: "closed", reason: "holiday", name }
  }
  return make("weekdays", endsAtMinute, rules.shortDays ?? [], rule, rules.overrides ?? [])
}

/** The same calendar with more overrides after those it has. */
export const withOverrides = (
  calendar: BankCalendar,
  overrides: ReadonlyArray<CalendarOverride>
): BankCalendar =>
  make(calendar.name, calendar.endsAtMinute, calendar.shortDays, calendar.rule, [
    ...calendar.overrides,
    ...overrides
  ])

/** What a date is to the bank: its override, else the rule. */
export const dayAt = (calendar: BankCalendar, date: BusinessDate.BusinessDate): BankDay => {
  const known = calendar.days.get(date)
  if (known !== undefined) return known
  const day = calendar.rule(date)
  calendar.days.set(date, day)
  return day
}

/** How message windows treat a date: ordinary, short, closed or mourning. */
export const messageDayAt = (calendar: BankCalendar, date: BusinessDate.BusinessDate): MessageDay =>
  messageDay(dayAt(calendar, date), calendar.shortDays.includes(BusinessDate.weekday(date)))

/** Whether the bank closes books on the date. */
export const isBusinessDay = (calendar: BankCalendar, date: BusinessDate.BusinessDate): boolean =>
  dayAt(calendar, date).kind === "business"

/** A calendar closed for longer than this has no next business day worth waiting for. */
const longestClosureDays = 400

/**
 * The first business day after a date, or `undefined` when there is none within 400 days (a
 * calendar whose weekend is the whole week).
 */
export const nextBusinessDay = (
  calendar: BankCalendar,
  date: BusinessDate.BusinessDate
): BusinessDate.BusinessDate | undefined => {
  for (let days = 1; days <= longestClosureDays; days++) {
    const candidate = BusinessDate.addDays(date, days)
    if (isBusinessDay(calendar, candidate)) return candidate
  }
  return undefined
}

/** The last business day before a date, or `undefined` when there is none within 400 days. */
export const previousBusinessDay = (
  calendar: BankCalendar,
  date: BusinessDate.BusinessDate
): BusinessDate.BusinessDate | undefined => {
  for (let days = 1; days <= longestClosureDays; days++) {
    const candidate = BusinessDate.addDays(date, -days)
    if (isBusinessDay(calendar, candidate)) return candidate
  }
  return undefined
}

/** The n-th business day of a month, n from 1; `undefined` when the month has fewer. */
export const nthBusinessDayOf = (
  calendar: BankCalendar,
  month: CalendarMonth.CalendarMonth,
  n: number
): BusinessDate.BusinessDate | undefined =>
  CalendarMonth.dates(month).filter((date) => isBusinessDay(calendar, date))[n - 1]

/** Business day of the next month whose end is the cut-off of the completeness gate. */
const cutOffBusinessDay = 3

/**
 * The instant at which the completeness gate of a month closes at the latest: the end of the
 * third business day of the next month, in the bank's zone. A month with fewer than three
 * business days is cut off at its own end.
 *
 * **Source** — product rules, "Days".
 */
export const cutOffMs = (
  calendar: BankCalendar,
  month: CalendarMonth.CalendarMonth,
  zone: string
): number => {
  const following = CalendarMonth.next(month)
  let businessDays = 0
  for (const date of CalendarMonth.dates(following)) {
    const day = dayAt(calendar, date)
    if (day.kind !== "business") continue
    businessDays++
    if (businessDays < cutOffBusinessDay) continue
    return ZonedTime.instantMsAt(date, day.endsAtMinute, zone)
  }
  return ZonedTime.instantMsAt(CalendarMonth.last(following), 1440, zone)
}

/**
 * The closed days of a month as a bit set: bit 0 is day 1.
 *
 * **Source** — product rules, "Days" (`carryForward: bank-days`).
 */
export const closedBits = (calendar: BankCalendar, month: CalendarMonth.CalendarMonth): number => {
  const known = calendar.closed.get(month)
  if (known !== undefined) return known
  let bits = 0
  const days = CalendarMonth.days(month)
  for (let day = 1; day <= days; day++) {
    if (!isBusinessDay(calendar, CalendarMonth.dateAt(month, day))) bits |= 1 << (day - 1)
  }
  calendar.closed.set(month, bits)
  return bits
}
