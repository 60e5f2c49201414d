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
import * as Language from "../message/Language.ts"
import * as MessagePolicy from "../message/MessagePolicy.ts"
import * as Currency from "../money/Currency.ts"
import * as Money from "../money/Money.ts"
import * as ProgramPolicy from "../policy/ProgramPolicy.ts"
import * as QualificationPolicy from "../qualification/QualificationPolicy.ts"
import * as RecipientPolicy from "../recipient/RecipientPolicy.ts"
import * as SchedulePolicy from "../schedule/SchedulePolicy.ts"

const Int = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Positive = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))
const DateText = Schema.String.check(
  Schema.makeFilter((text) => BusinessDate.parse(text) !== undefined, {
    message: "a date that exists, written YYYY-MM-DD",
    toJsonSchema: () => ({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" })
  })
)
const CurrencyText = Schema.String.check(
  Schema.makeFilter((text) => Currency.parse(text) !== undefined, {
    message: "an ISO 4217 currency code",
    toJsonSchema: () => ({ pattern: "^[A-Z]{3}$" })
  })
)
const Amount = Schema.String.check(
  Schema.isPattern(/^-?\d{1,16}(\.\d{1,4})?$/u, { message: 'an amount such as "15000.00"' })
)
const MinuteOfDay = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1440 }))
const Hours = Schema.Struct({ fromMinute: Int, toMinute: Int })
const Texts = Schema.Struct({ text: Schema.String, withoutName: Schema.String })
const LegalLines = Schema.Struct({ opening: Schema.String, closing: Schema.String })

const byLanguage = <S extends Schema.Constraint>(value: S) =>
  Schema.Struct({
    he: Schema.optionalKey(value),
    en: Schema.optionalKey(value),
    ar: Schema.optionalKey(value),
    ru: Schema.optionalKey(value)
  })

const Override = Schema.Union([
  Schema.Struct({
    date: DateText,
    kind: Schema.Literal("closed"),
    reason: Schema.String,
    closedReason: Schema.optionalKey(
      Schema.Literals(["shabbat", "weekend", "holiday", "mourning", "declared"])
    )
  }),
  Schema.Struct({
    date: DateText,
    kind: Schema.Literal("open"),
    reason: Schema.String,
    endsAtMinute: Schema.optionalKey(MinuteOfDay),
    mourning: Schema.optionalKey(Schema.Boolean)
  })
])

const Keyword = Schema.Struct({
  action: Schema.Literals(["stop", "start", "help"]),
  language: Schema.String,
  word: Schema.String
})

const optional = <F extends Record<string, Schema.Constraint>>(fields: F) =>
  Schema.optionalKey(Schema.Struct(fields))

const key = Schema.optionalKey

/** The document's form. Amounts are decimal text, instants of the day minutes, durations `…Ms`. */
export const PolicyDocument = Schema.Struct({
  calendar: optional({
    zone: key(Schema.String),
    rules: key(
      Schema.Union([
        Schema.Literal("israel"),
        Schema.Struct({
          weekend: Schema.Array(Schema.Literals([0, 1, 2, 3, 4, 5, 6])),
          holidays: Schema.Array(Schema.Struct({ date: DateText, name: Schema.String })),
          endsAtMinute: key(MinuteOfDay)
        })
      ])
    ),
    overrides: key(Schema.Array(Override))
  }),
  balance: optional({
    threshold: key(Amount),
    currency: key(CurrencyText),
    carryForward: key(Schema.Literals(["none", "bank-days", "always"])),
    limits: optional({
      minimumCoverageBasisPoints: key(Int),
      maximumUnchangedBasisPoints: key(Int),
      maximumPassRateJumpBasisPoints: key(Int),
      minimumAccountsForRates: key(Int),
      implausibleAmount: key(Amount),
      anomalyMinimumHistory: key(Int),
      anomalyDeviations: key(Int)
    })
  }),
  qualification: optional({
    accounts: key(Schema.Literals(["primaryAccount", "anyAccount", "sumOfAccounts"])),
    approval: key(Schema.Literals(["automatic", "twoPeople"])),
    maximumWaivedDays: key(Int)
  }),
  recipient: optional({
    region: key(Schema.String.check(Schema.isPattern(/^[A-Z]{2}$/u))),
    kosherPrefixes: key(Schema.NullOr(Schema.Array(Schema.String))),
    excludeKosher: key(Schema.Boolean),
    keywords: key(Schema.Array(Keyword))
  }),
  message: Schema.Struct({
    messageClass: Schema.Literals(["service", "advertisement"]),
    defaultLanguage: key(Schema.Literals(Language.LANGUAGES)),
    templates: key(byLanguage(Texts)),
    bankName: key(Schema.NullOr(Schema.String)),
    legalLines: key(byLanguage(LegalLines)),
    size: optional({ characters: Positive, gsm7Segments: Positive, ucs2Segments: Positive }),
    smartEncoding: key(Schema.Boolean),
    sender: optional({ id: Schema.String, canReceiveReplies: Schema.Boolean })
  }),
  sendWindow: optional({
    ordinary: key(Schema.NullOr(Hours)),
    short: key(Schema.NullOr(Hours)),
    closed: key(Schema.NullOr(Hours)),
    mourning: key(Schema.NullOr(Hours))
  }),
  delivery: optional({
    leaseMs: key(Positive),
    scanMs: key(Positive),
    requestDeadlineMs: key(Positive),
    marginMs: key(Positive),
    networkLifetimeMs: key(Positive),
    skewMs: key(Positive),
    maxTrustedSkewMs: key(Positive),
    graceMs: key(Positive),
    retryGapMs: key(Positive),
    maxConsumed: key(Positive),
    maxRows: key(Positive),
    replayCap: key(Positive),
    confirmationWindowMs: key(Positive),
    pollEveryMs: key(Positive),
    validityMs: key(Positive),
    expiryWindowDays: key(Positive),
    contactFreshMs: key(Positive)
  }),
  schedule: Schema.Struct({
    startsOn: DateText,
    captureAfterMinutes: key(Int),
    backfillEveryMs: key(Positive),
    lateAfterMs: key(Positive)
  }),
  events: optional({ balanceVerified: key(Schema.Boolean) })
})

export type PolicyDocument = typeof PolicyDocument.Type

/**
 * The form as a JSON Schema (draft 2020-12), for editors and for checks before a deployment. It
 * admits what only `read` can refuse: dates that do not exist, parts that do not fit each other.
 */
export const jsonSchema = (): Readonly<Record<string, unknown>> => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(PolicyDocument, {
    onExcessProperty: "error"
  })
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Tidemark program policy",
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions })
  }
}

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
  return { effectiveFrom, hash: bytesToHex(sha256(utf8ToBytes(text))), policy, calendar, messages }
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
    ...(rules.endsAtMinute === undefined ? {} : { endsAtMinute: rules.endsAtMinute })
  }
}
