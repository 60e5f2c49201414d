/**
 * The form of `tidemark.json`: its sections and fields, what each may hold, and problems told
 * without the values that have them.
 *
 * **Source** — original architecture §9.2 (its sections keep their names); surfaces, Configuration.
 */
import { acceptance } from "@tidemark/postgres"
import type * as LogLevel from "effect/LogLevel"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

const key = Schema.optionalKey

const pattern = (expression: RegExp, message: string) =>
  Schema.String.check(Schema.isPattern(expression, { message }))

const Text = pattern(/\S/, "expected some text")
const Month = pattern(/^\d{4}-(0[1-9]|1[0-2])$/, "expected a month, YYYY-MM")
const Url = Schema.String.check(
  Schema.makeFilter((text) => /^https?:/.test(text) && URL.canParse(text), {
    message: "expected an http or https URL"
  })
)
const PostgresUrl = pattern(/^postgres(ql)?:\/\//, "expected postgres://…")
const Positive = Schema.Int.check(
  Schema.isGreaterThanOrEqualTo(1, { message: "expected a whole number from 1" })
)
const Port = Schema.Int.check(
  Schema.isBetween({ minimum: 0, maximum: 65_535 }, { message: "expected a port, 0 to 65535" })
)
const Key = pattern(/^([0-9a-fA-F]{2}){32,}$/, "expected 32 bytes or more in hexadecimal")
/** As the carrier's adapter asks for it: a shorter one would refuse every push. */
const WebhookSecret = pattern(
  /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/,
  "expected whsec_ and base64 of 24 bytes or more"
)

/** The original's level names, as they are written to the log. */
export const levels = {
  Trace: "Trace",
  Debug: "Debug",
  Information: "Info",
  Warning: "Warn",
  Error: "Error",
  Critical: "Fatal",
  None: "None"
} as const satisfies Record<string, LogLevel.LogLevel>

const Level = Schema.Literals([
  "Trace",
  "Debug",
  "Information",
  "Warning",
  "Error",
  "Critical",
  "None"
])

/** The settings as they are written, section by section. */
export const Settings = Schema.Struct({
  Program: Schema.Struct({
    Name: pattern(
      /^[a-z0-9][a-z0-9-]{0,62}$/,
      "expected lower-case letters, digits and hyphens, 63 at most"
    ),
    Environment: key(Text),
    /** Policies with the month each is in force from. */
    Policies: Schema.NonEmptyArray(Schema.Struct({ EffectiveFrom: Month, Policy: Schema.Unknown }))
  }),
  Database: key(
    Schema.Struct({
      ConnectionString: key(PostgresUrl),
      Schema: key(
        pattern(/^[a-z_][a-z0-9_]{0,62}$/, "expected lower-case letters, digits and underscores")
      ),
      /** `verify`: the role has no DDL; `tidemark migrate` is run by another. */
      Migrations: key(Schema.Literals(["apply", "verify"])),
      /** Outside the database: tells a restored one from the one that sent. */
      WitnessFile: key(Text),
      /** A replica that `tidemark report` reads. */
      ReplicaConnectionString: key(PostgresUrl),
      MaxConnections: key(Positive),
      /** Milliseconds a statement may take. */
      StatementTimeout: key(Positive),
      /** Where the embedded store lives when no connection string is given. */
      Directory: key(Text),
      AcceptEmbeddedForRealCarrier: key(Schema.Literal(acceptance))
    })
  ),
  Banking: Schema.Struct({
    ApiUrl: Url,
    ApiKey: key(Text),
    /** Milliseconds a request may take. */
    Timeout: key(Positive)
  }),
  SmsCarrier: Schema.Struct({
    ApiUrl: Url,
    ApiKey: key(Text),
    Account: key(Text),
    /** What the carrier's contract allows: messages in one request, messages in a second. */
    MaxBatch: key(Positive),
    RatePerSecond: key(Positive),
    /** A sandbox carrier sends nothing to anybody. */
    Sandbox: key(Schema.Boolean),
    WebhookSecret: key(WebhookSecret),
    WebhookHost: key(Text),
    WebhookPort: key(Port)
  }),
  Secrets: key(Schema.Struct({ ClientReferenceKey: key(Key), DataKey: key(Key) })),
  Schedule: key(Schema.Struct({ ScanSeconds: key(Positive) })),
  Logging: key(Schema.Struct({ LogLevel: key(Schema.Struct({ Default: Level })) }))
})

/** A document in its form, or every problem at once. */
export const decode = Schema.decodeUnknownResult(Settings, {
  errors: "all",
  onExcessProperty: "error"
})

const standardIssues = SchemaIssue.makeFormatterStandardSchemaV1()

/** What is wrong, without the value that is: it could be a secret. */
export const withoutValue = (message: string): string =>
  message
    .replace(/, got [\s\S]*$/, "")
    .replace(/^Unexpected key[\s\S]*$|^Expected no excess property$/, "unknown field")
    .replace(/^Missing key$/, "missing")
    .replace(/^Invalid data[\s\S]*$/, "not a valid value")
    .replace(/^Expected/, "expected")

/** What the form finds wrong, each with its path. */
export const issuesOf = (issue: SchemaIssue.Issue): ReadonlyArray<string> =>
  standardIssues(issue).issues.map(
    ({ message, path }) => `${(path ?? []).map(String).join(".")}: ${withoutValue(message)}`
  )
