/**
 * The program's policy, assembled from the fragment each room owns. Effective-dated and pinned per
 * month; its hash is taken over the stored bytes and kept with every decision.
 *
 * **Source** — product rules, Rules (first paragraph).
 */
import type { BalancePolicy } from "../balance/BalancePolicy.ts"
import type { CalendarOverride } from "../calendar/BankDay.ts"
import * as BankCalendar from "../calendar/BankCalendar.ts"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import * as ZonedTime from "../calendar/ZonedTime.ts"
import * as RetryPolicy from "../delivery/RetryPolicy.ts"
import type { SendWindowPolicy } from "../delivery/SendWindow.ts"
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
  readonly sendWindow: SendWindowPolicy
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
  readonly effectiveFrom: CalendarMonth
  readonly hash: string
  readonly policy: ProgramPolicy
  readonly calendar: BankCalendar.BankCalendar
  readonly messages: MessageSet.MessageSet
}

/** The policy pinned for a month: the latest in force, else the earliest there is. */
export const pinnedFor = (
  policies: readonly [PinnedPolicy, ...ReadonlyArray<PinnedPolicy>],
  month: CalendarMonth
): PinnedPolicy => {
  let found = policies[0]
  for (const policy of policies) {
    if (policy.effectiveFrom <= month && policy.effectiveFrom >= found.effectiveFrom) found = policy
  }
  return found
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
 */
export const check = (policy: ProgramPolicy): CheckedPolicy | RefusedPolicy => {
  const problems: Array<PolicyProblem> = []
  if (!ZonedTime.isZone(policy.calendar.zone)) {
    problems.push({ path: "calendar.zone", message: "no such time zone" })
  }
  const messages = MessageSet.compile(policy.message)
  if (messages._tag === "RefusedPolicy") {
    for (const problem of messages.problems) {
      const { _tag, ...detail } = problem
      problems.push({ path: "message", message: `${_tag} ${JSON.stringify(detail)}` })
    }
  }
  const delivery = RetryPolicy.problem(policy.delivery)
  if (delivery !== undefined) problems.push({ path: "delivery", message: delivery })
  if (problems.length > 0 || messages._tag === "RefusedPolicy") {
    return { _tag: "RefusedPolicy", problems }
  }
  return { _tag: "CheckedPolicy", policy, calendar: calendarOf(policy.calendar), messages }
}
