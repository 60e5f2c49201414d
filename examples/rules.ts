/**
 * The rules alone, in a plain script: no store, no clock, no Effect. Would this customer have
 * qualified in September 2026, and why not? How long would the message be?
 */
import {
  BankCalendar,
  CalendarMonth,
  Currency,
  MonthDays,
  Money,
  Qualification,
  Reason,
  SmsSegments
} from "@tidemark/core/rules"

const month = CalendarMonth.parse("2026-09")
if (month === undefined) throw new Error("no such month")

const currency = Currency.ils
const threshold = Money.parseMinorUnits("15000.00", { currency })
if (Money.isMalformed(threshold)) throw new Error(threshold.reason)

/** One balance per business day: exactly the threshold, but for one agora on 15 September. */
const calendar = BankCalendar.israel()
let observed = 0
let met = 0
for (const [index, date] of CalendarMonth.dates(month).entries()) {
  if (!BankCalendar.isBusinessDay(calendar, date)) continue
  const balance = Money.parseMinorUnits(date === "2026-09-15" ? "14999.99" : "15000.00", {
    currency
  })
  if (Money.isMalformed(balance)) continue
  observed |= MonthDays.bitOf(index + 1)
  if (balance >= threshold) met |= MonthDays.bitOf(index + 1)
}

// Closed days take the last balance before them; before the month it met the threshold.
const closedDays = BankCalendar.closedBits(calendar, month)
const days = MonthDays.carryForward(
  "bank-days",
  { ...MonthDays.none, observed, met },
  month,
  closedDays,
  true
)
const decision = Qualification.decide({ month, days })

console.log(`${decision._tag}, ${Qualification.daysText(decision)}`)
for (const reason of decision.reasons) console.log(`- ${Reason.toText(reason, currency)}`)

const { encoding, segments, units } = SmsSegments.measure("תודה ששמרת על יתרת פרימיום בספטמבר!")
console.log(`message: ${encoding}, ${units} units, ${segments} segment`)
