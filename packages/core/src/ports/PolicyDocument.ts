/**
 * The policy as a document: JSON text in, a checked policy and the hash of its bytes out.
 *
 * **Guarantee** — every problem of a document is reported at once, each with its path; unknown
 * fields are refused; what is left out takes the default of its room. `messageClass` has none: a
 * bank must say whether its message is a service or an advertisement.
 *
 * **Source** — product rules, Rules (first paragraph) and Recipient; surfaces, Configuration.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as BalancePolicy from "../balance/BalancePolicy.ts"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as RetryPolicy from "../delivery/RetryPolicy.ts"
import * as SendWindow from "../delivery/SendWindow.ts"
import * as MessagePolicy from "../message/MessagePolicy.ts"
import * as Currency from "../money/Currency.ts"
import * as Money from "../money/Money.ts"
import * as ProgramPolicy from "../policy/ProgramPolicy.ts"
import * as QualificationPolicy from "../qualification/QualificationPolicy.ts"
import * as RecipientPolicy from "../recipient/RecipientPolicy.ts"
import * as SchedulePolicy from "../schedule/SchedulePolicy.ts"
import { PolicyDocument } from "./PolicyForm.ts"

export { jsonSchema, PolicyDocument } from "./PolicyForm.ts"

/** A document that is no policy: every problem, each with its path. */
export interface RefusedDocument {
  readonly _tag: "RefusedDocument"
  readonly problems: ReadonlyArray<ProgramPolicy.PolicyProblem>
}

/**
 * Reads a policy from the bytes that are stored and hashed.
 *
 * **Outcomes, first match wins** — `RefusedDocument`: not JSON, not of the form, or its parts do
 * not fit each other; else the policy, pinned from `effectiveFrom` on.
 */
export const read = (
  text: string,
  effectiveFrom: CalendarMonth.CalendarMonth
): ProgramPolicy.PinnedPolicy | RefusedDocument => {
  const decoded = decode(text)
  if (Result.isFailure(decoded)) return refused(issuesOf(decoded.failure.issue))
  const policy = withDefaults(decoded.success)
  if ("_tag" in policy) return policy
  const checked = ProgramPolicy.check(policy)
  if (checked._tag === "RefusedPolicy") return refused(checked.problems)
  const { calendar, messages } = checked
  const hash = bytesToHex(sha256(utf8ToBytes(text)))
  return { effectiveFrom, hash, text, policy, calendar, messages }
}

/** The month a policy is in force from, or `undefined` when the text is no month. */
export const month = CalendarMonth.parse

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(PolicyDocument), {
  errors: "all",
  onExcessProperty: "error"
})

const refused = (problems: ReadonlyArray<ProgramPolicy.PolicyProblem>): RefusedDocument => ({
  _tag: "RefusedDocument",
  problems
})

const standardIssues = SchemaIssue.makeFormatterStandardSchemaV1()

/** A bank that left it out must learn what to decide, not only that something is missing. */
const explained: Readonly<Record<string, string>> = {
  message: 'missing: say at least messageClass, "service" or "advertisement", which has no default',
  "message.messageClass":
    'say "service" (about an account the customer has) or "advertisement" (needs known consent, ' +
    "a sender that receives replies, and the legal lines); there is no default",
  schedule: "missing: say at least startsOn, the first business date to capture",
  "schedule.startsOn": "say the first business date to capture, written YYYY-MM-DD"
}

const missing = "Missing key"

const issuesOf = (issue: SchemaIssue.Issue): ReadonlyArray<ProgramPolicy.PolicyProblem> =>
  standardIssues(issue).issues.map(({ message, path: segments }) => {
    const path = (segments ?? []).map(String).join(".")
    return { path, message: message === missing ? (explained[path] ?? message) : message }
  })

/** An amount in minor units of the document's currency, or what is wrong with its text. */
const minorUnits = (
  text: string,
  currency: Currency.Currency,
  path: string
): bigint | RefusedDocument => {
  const amount = Money.parseMinorUnits(text, { currency })
  return Money.isMalformed(amount) ? refused([{ path, message: amount.reason }]) : amount
}

/** Fills what the document leaves out; amounts are read in the document's currency. */
const withDefaults = (document: PolicyDocument): ProgramPolicy.ProgramPolicy | RefusedDocument => {
  const { balance, message } = document
  const { defaultBalancePolicy: balances } = BalancePolicy
  const currency = Currency.parse(balance?.currency ?? "") ?? balances.currency
  const { implausibleAmount, ...limits } = balance?.limits ?? {}
  // The default is an amount, not a number of minor units: in another currency it is looked at
  // anew.
  const threshold = minorUnits(balance?.threshold ?? "15000.00", currency, "balance.threshold")
  const implausibleMinorUnits =
    implausibleAmount === undefined
      ? balances.limits.implausibleMinorUnits
      : minorUnits(implausibleAmount, currency, "balance.limits.implausibleAmount")
  if (typeof threshold === "object") return threshold
  if (typeof implausibleMinorUnits === "object") return implausibleMinorUnits
  const startsOn = BusinessDate.unchecked(document.schedule.startsOn)
  return {
    calendar: {
      zone: document.calendar?.zone ?? "Asia/Jerusalem",
      rules: calendarRules(document),
      overrides: (document.calendar?.overrides ?? []).map((override) =>
        Object.assign(override, { date: BusinessDate.unchecked(override.date) })
      )
    },
    balance: {
      thresholdMinorUnits: threshold,
      currency,
      kind: balances.kind,
      carryForward: balance?.carryForward ?? balances.carryForward,
      limits: { ...balances.limits, ...limits, implausibleMinorUnits }
    },
    qualification: {
      ...QualificationPolicy.defaultQualificationPolicy,
      ...document.qualification
    },
    recipient: { ...RecipientPolicy.DEFAULTS, ...document.recipient },
    message: { ...MessagePolicy.DEFAULTS, ...message },
    sendWindow: { ...SendWindow.defaults, ...document.sendWindow },
    delivery: { ...RetryPolicy.defaults, ...document.delivery },
    schedule: { ...SchedulePolicy.defaultSchedulePolicy, ...document.schedule, startsOn },
    events: { balanceVerified: true, ...document.events }
  }
}

const calendarRules = ({ calendar }: PolicyDocument): ProgramPolicy.CalendarPolicy["rules"] => {
  const rules = calendar?.rules ?? "israel"
  if (rules === "israel") return rules
  return {
    weekend: rules.weekend,
    holidays: rules.holidays.map(({ date, name }) => ({
      date: BusinessDate.unchecked(date),
      name
    })),
    ...(rules.endsAtMinute === undefined ? {} : { endsAtMinute: rules.endsAtMinute }),
    ...(rules.shortDays === undefined ? {} : { shortDays: rules.shortDays })
  }
}
