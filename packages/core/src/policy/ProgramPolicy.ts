/**
 * The program's policy, assembled from the fragment each room owns. Effective-dated and pinned per
 * month; its hash is taken over the stored bytes and kept with every decision.
 *
 * **Source** — product rules, Rules (first paragraph).
 */
import type { BalancePolicy } from "../balance/BalancePolicy.ts"
import type { CalendarOverride } from "../calendar/BankDay.ts"
import * as BankCalendar from "../calendar/BankCalendar.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as ZonedTime from "../calendar/ZonedTime.ts"
import * as RetryPolicy from "../delivery/RetryPolicy.ts"
import * as SendWindow from "../delivery/SendWindow.ts"
import type { MessagePolicy } from "../message/MessagePolicy.ts"
import * as MessageSet from "../message/MessageSet.ts"
import type { QualificationPolicy } from "../qualification/QualificationPolicy.ts"
import type { RecipientPolicy } from "../recipient/RecipientPolicy.ts"
import type { SchedulePolicy } from "../schedule/SchedulePolicy.ts"

/** The bank's zone and when it closes its books. */
export interface CalendarPolicy {
  /** IANA name, such as `Asia/Jerusalem`. */
  readonly zone: string
  readonly rules:
    | "israel"
    | {
        readonly weekend: ReadonlyArray<number>
        readonly holidays: ReadonlyArray<{
          readonly date: BankCalendar.WeekdayRules["holidays"][number]["date"]
          readonly name: string
        }>
        /** When the bank's day ends, minute of the day; default 17:00. */
        readonly endsAtMinute?: number
        /** Days of the week with the short send window, 0 is Sunday; default none. */
        readonly shortDays?: ReadonlyArray<number>
      }
  /** Elections, emergency orders, closures declared afterwards. */
  readonly overrides: ReadonlyArray<CalendarOverride>
}

/** What leaves as events besides what always does. */
export interface EventsPolicy {
  /** One `BalanceVerified` per captured page; a bank that does not need it saves its cost. */
  readonly balanceVerified: boolean
}

export interface ProgramPolicy {
  readonly calendar: CalendarPolicy
  readonly balance: BalancePolicy
  readonly qualification: QualificationPolicy
  readonly recipient: RecipientPolicy
  readonly message: MessagePolicy
  readonly sendWindow: SendWindow.SendWindowPolicy
  readonly delivery: RetryPolicy.DeliveryPolicy
  readonly schedule: SchedulePolicy
  readonly events: EventsPolicy
}

/** One thing wrong with a policy: where, and what to do. */
export interface PolicyProblem {
  /** Dotted path into the policy. */
  readonly path: string
  readonly message: string
}

/** A policy that can be worked with: its calendar made, its templates read. */
export interface CheckedPolicy {
  readonly _tag: "CheckedPolicy"
  readonly policy: ProgramPolicy
  readonly calendar: BankCalendar.BankCalendar
  readonly messages: MessageSet.MessageSet
}

/** A policy in force from a month on, with the SHA-256 over its stored bytes in hexadecimal. */
export interface PinnedPolicy {
  readonly effectiveFrom: CalendarMonth.CalendarMonth
  readonly hash: string
  /** The stored bytes, as text. */
  readonly text: string
  readonly policy: ProgramPolicy
  readonly calendar: BankCalendar.BankCalendar
  readonly messages: MessageSet.MessageSet
}

/**
 * The policy pinned for a month: the latest in force, else the earliest there is. Their order does
 * not matter, except that of two from the same month the later in the list replaces the earlier.
 *
 * **Source** — product rules, Rules (first paragraph).
 */
export const pinnedFor = (
  policies: readonly [PinnedPolicy, ...ReadonlyArray<PinnedPolicy>],
  month: CalendarMonth.CalendarMonth
): PinnedPolicy => {
  let earliest = policies[0]
  let found: PinnedPolicy | undefined
  for (const policy of policies) {
    if (policy.effectiveFrom <= earliest.effectiveFrom) earliest = policy
    if (policy.effectiveFrom > month) continue
    if (found === undefined || policy.effectiveFrom >= found.effectiveFrom) found = policy
  }
  return found ?? earliest
}

/** Every problem at once, in the order of the policy's fields. */
export interface RefusedPolicy {
  readonly _tag: "RefusedPolicy"
  readonly problems: ReadonlyArray<PolicyProblem>
}

/** The calendar a policy describes. */
export const calendarOf = ({ overrides, rules }: CalendarPolicy): BankCalendar.BankCalendar =>
  rules === "israel"
    ? BankCalendar.israel(overrides)
    : BankCalendar.weekdays({ ...rules, overrides })

/**
 * Checks what a schema cannot: that the parts fit each other. Decoding has already refused unknown
 * fields, wrong types and numbers out of range.
 *
 * **Outcomes** — `RefusedPolicy` with every problem, else `CheckedPolicy`.
 *
 * **Source** — product rules, Rules (first paragraph), Days and Send window.
 */
export const check = (policy: ProgramPolicy): CheckedPolicy | RefusedPolicy => {
  const problems: Array<PolicyProblem> = [...calendarProblems(policy.calendar)]
  const messages = MessageSet.compile(policy.message)
  if (messages._tag === "RefusedPolicy") {
    for (const problem of messages.problems) {
      const { _tag, ...detail } = problem
      problems.push({ path: "message", message: `${_tag} ${JSON.stringify(detail)}` })
    }
  }
  const window = SendWindow.problem(policy.sendWindow)
  if (window !== undefined) {
    const path = window.day === null ? "sendWindow" : `sendWindow.${window.day}`
    problems.push({ path, message: window.problem })
  }
  const delivery = RetryPolicy.problem(policy.delivery)
  if (delivery !== undefined) problems.push({ path: "delivery", message: delivery })
  const calendar = calendarOf(policy.calendar)
  const start = startProblem(policy, calendar)
  if (start !== undefined) problems.push(start)
  if (problems.length > 0 || messages._tag === "RefusedPolicy") {
    return { _tag: "RefusedPolicy", problems }
  }
  return { _tag: "CheckedPolicy", policy, calendar, messages }
}

const daysOfWeek = [0, 1, 2, 3, 4, 5, 6]

const calendarProblems = ({ rules, zone }: CalendarPolicy): ReadonlyArray<PolicyProblem> => {
  const problems: Array<PolicyProblem> = []
  if (!ZonedTime.isZone(zone))
    problems.push({ path: "calendar.zone", message: "no such time zone" })
  if (rules !== "israel" && daysOfWeek.every((day) => rules.weekend.includes(day))) {
    problems.push({ path: "calendar.rules.weekend", message: "the bank is never open" })
  }
  return problems
}

/**
 * A program that starts with a month whose first day is closed would carry nothing into it: that
 * month would end undetermined for every customer.
 */
const startProblem = (
  { balance, schedule }: ProgramPolicy,
  calendar: BankCalendar.BankCalendar
): PolicyProblem | undefined => {
  const { startsOn } = schedule
  const whole = startsOn === CalendarMonth.first(CalendarMonth.of(startsOn))
  if (!whole || balance.carryForward === "none") return undefined
  if (BankCalendar.isBusinessDay(calendar, startsOn)) return undefined
  const before = BankCalendar.previousBusinessDay(calendar, startsOn)
  // A bank that is never open is a problem of its own.
  if (before === undefined) return undefined
  return {
    path: "schedule.startsOn",
    message: `the bank is closed on that day: start on ${before}, whose balance is carried into it`
  }
}
