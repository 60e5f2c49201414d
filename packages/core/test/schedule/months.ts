/** A program of an Israeli bank, and what its ledger knows, for plans. */
import * as BankCalendar from "../../src/calendar/BankCalendar.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as Plan from "../../src/schedule/Plan.ts"
import * as SchedulePolicy from "../../src/schedule/SchedulePolicy.ts"

export const zone = "Asia/Jerusalem"
export const hour = 3_600_000
export const dateOf = BusinessDate.unchecked
export const monthOf = (text: string): CalendarMonth.CalendarMonth =>
  CalendarMonth.of(dateOf(`${text}-01`))
export const at = (text: string): number => Date.parse(text)

/** October 2026: no holiday after Simchat Torah on the 3rd; Saturdays are the 3rd to the 31st. */
export const october = monthOf("2026-10")

const israel = BankCalendar.israel()

export const rules = (startsOn: string, over: Partial<Plan.MonthRules> = {}): Plan.MonthRules => ({
  calendar: israel,
  schedule: { ...SchedulePolicy.defaultSchedulePolicy, startsOn: dateOf(startsOn) },
  capturesClosedDays: false,
  ...over
})

export const planAt = (
  nowMs: number,
  over: Partial<Plan.PlanInput> & { readonly rules?: Plan.MonthRules } = {}
): Plan.Plan => {
  const { rules: given = rules("2026-09-30"), ...input } = over
  return Plan.plan({
    nowMs,
    zone,
    rulesOf: () => given,
    evidence: "captured",
    captures: [],
    months: [],
    surveys: [],
    ...input
  })
}

/**
 * Captures of every date the program had to capture from its start to a date, when they fell due.
 */
export const capturedTo = (
  last: string,
  given: Plan.MonthRules = rules("2026-09-30")
): Array<Plan.PlannedCapture> => {
  const captures: Array<Plan.PlannedCapture> = []
  let month = CalendarMonth.of(given.schedule.startsOn)
  while (CalendarMonth.first(month) <= dateOf(last)) {
    for (const businessDate of Plan.capturedDates(month, given)) {
      if (businessDate > last) break
      const finishedMs = Plan.captureDueMs(businessDate, given.schedule, zone)
      captures.push({ businessDate, finishedMs, count: 100 })
    }
    month = CalendarMonth.next(month)
  }
  return captures
}

/**
 * `Capture 2026-10-01`, `Capture again 2026-10-01`, `Qualify 2026-10`, `Qualify 2026-10 cut off`.
 */
export const said = (work: Plan.DueWork): string => {
  if (work._tag === "Capture") return `Capture ${work.again ? "again " : ""}${work.businessDate}`
  const cutOff = work._tag === "Qualify" && work.cutOff ? " cut off" : ""
  return `${work._tag} ${work.month}${cutOff}`
}
