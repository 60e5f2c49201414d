/**
 * What ought to have been decided, from the bank's own books and the faults of its feed: sets of
 * days and a comparison, written from the requirement.
 *
 * **Source** — original architecture §1 (a balance of 15,000 or more on every day of the month);
 * product rules, Days; invariants 5 to 7.
 */
import * as BusinessDate from "../../calendar/BusinessDate.ts"
import * as SandboxBank from "../SandboxBank.ts"
import * as SandboxPeople from "../SandboxPeople.ts"
import * as AuditorCalendar from "./AuditorCalendar.ts"
import type { SimulationPlan } from "./SimulationPlan.ts"

export type Outcome = "Qualified" | "NotQualified" | "Undetermined"

/** The bank closes no books on these days. */
export const isClosed = (plan: SimulationPlan): ((day: number) => boolean) => {
  const holidays = new Set(plan.holidays.map((text) => AuditorCalendar.dayOf(text)))
  const weekend = new Set<number>(plan.weekend)
  return (day) => holidays.has(day) || weekend.has(AuditorCalendar.weekday(day))
}

/** A fault of the feed that leaves the program without that balance, however often it asks. */
const hides: ReadonlySet<string> = new Set([
  "malformed-amount",
  "number-amount",
  "wrong-currency",
  "conflict",
  "missing"
])

/** `customer day` of balances the feed never gives, and days of which it gives none. */
const hiddenBalances = (plan: SimulationPlan) => {
  const rows = new Set<string>()
  const days = new Set<number>()
  const decided = new Set<string>()
  for (const fault of plan.faults) {
    if (fault.on === "date" && fault.kind === "empty" && fault.only !== undefined) {
      days.add(AuditorCalendar.dayOf(fault.only))
    }
    if (fault.on !== "row" || fault.nth === undefined) continue
    const key = `${fault.nth - 1} ${AuditorCalendar.dayOf(fault.date)}`
    // The first rule of a script that fires for a row decides about it.
    if (!decided.has(key) && hides.has(fault.kind)) rows.add(key)
    decided.add(key)
  }
  return { rows, days }
}

/**
 * The verdict about one customer's month; `undefined` for a customer who was no customer in it.
 */
export const outcomesOf = (
  plan: SimulationPlan,
  bank: SandboxBank.Bank
): ((customer: number, month: string) => Outcome | undefined) => {
  const closed = isClosed(plan)
  const hidden = hiddenBalances(plan)
  return (customer, month) => {
    const days = AuditorCalendar.daysOfMonth(month)
    const first = days[0] ?? 0
    const last = days.at(-1) ?? 0
    const life = SandboxBank.lifeOf(bank, customer)
    const opened = life.openedOn === null ? -Infinity : AuditorCalendar.dayOf(life.openedOn)
    const ended = life.closedOn === null ? Infinity : AuditorCalendar.dayOf(life.closedOn)
    if (opened > last || ended < first) return undefined
    if (opened > first || ended <= last) return "NotQualified"
    let misses = false
    for (const day of days) {
      let booked = day
      while (closed(booked)) booked--
      if (hidden.days.has(booked) || hidden.rows.has(`${customer} ${booked}`)) {
        misses = true
        continue
      }
      const date = BusinessDate.fromEpochDay(booked)
      const minor = SandboxBank.balanceMinor(bank, customer, date)
      if (minor < 1_500_000) return "NotQualified"
    }
    return misses ? "Undetermined" : "Qualified"
  }
}

/** Whether the bank gives a mobile number for a customer, however it is spelt. */
export const isReachable = (bank: SandboxBank.Bank, customer: number): boolean => {
  const digits = (SandboxPeople.contactOf(bank, customer).phone ?? "").replaceAll(/\D/g, "")
  return /^(?:972|0)5\d{8}$/.test(digits)
}

/** Whether the bank allows a customer to be written to. */
export const mayContact = (bank: SandboxBank.Bank, customer: number): boolean =>
  SandboxPeople.permissionOf(bank, customer).mayContact
