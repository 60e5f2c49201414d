/**
 * Answers of the calendar that must not depend on the zone of the process, as one JSON text.
 * Run as a program it prints them; `ProcessZone.test.ts` runs it under several zones.
 */
import * as BankCalendar from "../../src/calendar/BankCalendar.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as ZonedTime from "../../src/calendar/ZonedTime.ts"

export const bankZone = "Asia/Jerusalem"

export const date = (text: string): BusinessDate.BusinessDate => {
  const parsed = BusinessDate.parse(text)
  if (parsed === undefined) throw new Error(`no date: ${text}`)
  return parsed
}

export const month = (text: string): CalendarMonth.CalendarMonth => {
  const parsed = CalendarMonth.parse(text)
  if (parsed === undefined) throw new Error(`no month: ${text}`)
  return parsed
}

export const answers = (): string => {
  const israel = BankCalendar.israel()
  const lines: Array<unknown> = []
  for (const number of ["2026-03", "2026-10", "2027-10", "2028-02", "2100-02", "2026-12"]) {
    for (const day of CalendarMonth.dates(month(number))) {
      const instants = [0, 90, 150, 720, 1439, 1440].map((minute) =>
        ZonedTime.instantMsAt(day, minute, bankZone)
      )
      const back = instants.map((instantMs) => [
        ZonedTime.businessDateAt(instantMs, bankZone),
        ZonedTime.minuteOfDayAt(instantMs, bankZone),
        ZonedTime.businessDateAt(instantMs - 1, bankZone)
      ])
      const epochDay = BusinessDate.toEpochDay(day)
      const same = BusinessDate.fromEpochDay(epochDay)
      lines.push([day, epochDay, same, BusinessDate.weekday(day), instants, back])
      lines.push(BankCalendar.dayAt(israel, day))
    }
    lines.push(BankCalendar.cutOffMs(israel, month(number), bankZone))
  }
  return JSON.stringify(lines)
}

if (process.argv[1] === import.meta.filename) process.stdout.write(answers())
