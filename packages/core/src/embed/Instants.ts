/** Instants and dates as a host writes them: text in, checked. */
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import { invalid } from "./TidemarkError.ts"

const form = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?Z$/

/** Epoch milliseconds of an instant in UTC such as `2026-10-01T06:00:00Z`; throws `InputError`. */
export const instantMs = (text: string, path: string): number => {
  const [, dateText = "", hour = "", minute = "", second = "0", fraction = "0"] =
    form.exec(text) ?? []
  const date = BusinessDate.parse(dateText)
  const time = [Number(hour), Number(minute), Number(second)] as const
  if (date === undefined || time[0] > 23 || time[1] > 59 || time[2] > 59) {
    throw invalid(path, "expected an instant in UTC such as 2026-10-01T06:00:00Z")
  }
  const seconds = time[0] * 3600 + time[1] * 60 + time[2]
  return (
    BusinessDate.toEpochDay(date) * 86_400_000 + seconds * 1000 + Number(fraction.padEnd(3, "0"))
  )
}

/** A month, `YYYY-MM`; throws `InputError`. */
export const month = (text: string): CalendarMonth.CalendarMonth => {
  const parsed = CalendarMonth.parse(text)
  if (parsed === undefined) throw invalid("month", "expected a month, YYYY-MM")
  return parsed
}

/** A date that exists, `YYYY-MM-DD`; throws `InputError`. */
export const date = (text: string): BusinessDate.BusinessDate => {
  const parsed = BusinessDate.parse(text)
  if (parsed === undefined) throw invalid("date", "expected a date that exists, YYYY-MM-DD")
  return parsed
}
