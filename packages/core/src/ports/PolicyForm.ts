/**
 * The form of a policy document: its fields, and what each may hold by itself.
 *
 * **Source** — product rules, Rules (first paragraph); surfaces, Configuration.
 */
import * as Schema from "effect/Schema"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as Language from "../message/Language.ts"
import * as Currency from "../money/Currency.ts"

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
          endsAtMinute: key(MinuteOfDay),
          shortDays: key(Schema.Array(Schema.Literals([0, 1, 2, 3, 4, 5, 6])))
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
