/**
 * The runner's settings: `tidemark.json`, then the environment over it, validated at start with all
 * problems at once. The only file of the runner that reads configuration.
 *
 * **Source** — original architecture §9.2 (its sections keep their names); surfaces, Configuration.
 */
import { PolicyDocument } from "@tidemark/core/effect"
import { BusinessDate, CalendarMonth } from "@tidemark/core/rules"
import type * as LogLevel from "effect/LogLevel"
import { acceptance } from "@tidemark/postgres"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { readFileSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { BadInput } from "./TerminalFailure.ts"

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
const levels = {
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

const Settings = Schema.Struct({
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
      ConnectionString: key(pattern(/^postgres(ql)?:\/\//, "expected postgres://…")),
      Schema: key(
        pattern(/^[a-z_][a-z0-9_]{0,62}$/, "expected lower-case letters, digits and underscores")
      ),
      /** `verify`: the role has no DDL; `tidemark migrate` is run by another. */
      Migrations: key(Schema.Literals(["apply", "verify"])),
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

/** Settings as the composition needs them. Secrets are `Redacted`. */
export interface RunnerSettings {
  readonly program: string
  readonly environment: string
  readonly policies: PinnedPolicies
  readonly database:
    | {
        readonly _tag: "Postgres"
        readonly url: Redacted.Redacted
        readonly schema: string | undefined
        readonly migrations: "apply" | "verify"
      }
    | {
        readonly _tag: "Embedded"
        readonly directory: string
        /** The words that accept a real carrier on the embedded store. */
        readonly accepted: string | undefined
      }
  readonly bank: {
    readonly url: string
    readonly token: Redacted.Redacted | undefined
    readonly timeoutMs: number | undefined
  }
  readonly carrier: {
    readonly url: string
    readonly token: Redacted.Redacted | undefined
    readonly account: string
    readonly maxBatch: number | undefined
    readonly ratePerSecond: number | undefined
    readonly sandbox: boolean
    readonly webhookSecret: Redacted.Redacted | undefined
    readonly webhookHost: string
    readonly webhookPort: number
  }
  /** Hexadecimal keys of at least 32 bytes; absent: made and kept beside the embedded store. */
  readonly keys: {
    readonly clientReference: Redacted.Redacted | undefined
    readonly data: Redacted.Redacted | undefined
  }
  readonly scanMs: number
  readonly logLevel: LogLevel.LogLevel
}

type Pinned = Exclude<ReturnType<typeof PolicyDocument.read>, PolicyDocument.RefusedDocument>
export type PinnedPolicies = readonly [Pinned, ...ReadonlyArray<Pinned>]

/** Where each environment variable goes; `*_FILE` of each names a file that holds the value. */
export const variables: ReadonlyArray<readonly [name: string, section: string, field: string]> = [
  ["TIDEMARK_DATABASE_URL", "Database", "ConnectionString"],
  ["TIDEMARK_SCHEMA", "Database", "Schema"],
  ["TIDEMARK_DATA_DIR", "Database", "Directory"],
  ["TIDEMARK_BANK_URL", "Banking", "ApiUrl"],
  ["TIDEMARK_BANK_API_KEY", "Banking", "ApiKey"],
  ["TIDEMARK_CARRIER_URL", "SmsCarrier", "ApiUrl"],
  ["TIDEMARK_CARRIER_API_KEY", "SmsCarrier", "ApiKey"],
  ["TIDEMARK_CARRIER_WEBHOOK_SECRET", "SmsCarrier", "WebhookSecret"],
  ["TIDEMARK_CLIENT_REFERENCE_KEY", "Secrets", "ClientReferenceKey"],
  ["TIDEMARK_DATA_KEY", "Secrets", "DataKey"]
]

type Environment = Readonly<Record<string, string | undefined>>

/** A secret in a file may be up to 64 KiB; a larger file is no secret. */
const largestSecret = 64 * 1024

/** The value of a variable, from itself or from the file it names. */
const valueOf = (environment: Environment, name: string): string | undefined => {
  const direct = environment[name]
  if (direct !== undefined && direct !== "") return direct
  const file = environment[`${name}_FILE`]
  if (file === undefined || file === "") return undefined
  const text = textOf(file)
  if (text === "absent") throw new BadInput({ where: `${name}_FILE`, reason: "no such file" })
  if (text === "unreadable") {
    throw new BadInput({
      where: `${name}_FILE`,
      reason: "cannot be read, or is larger than 64 KiB"
    })
  }
  return text.text.trim()
}

/** A small file's text; `absent` where there is nothing of that name. */
const textOf = (file: string, mostBytes = largestSecret) => {
  try {
    const found = statSync(file, { throwIfNoEntry: false })
    if (found === undefined) return "absent"
    return found.size > mostBytes ? "unreadable" : { text: readFileSync(file, "utf8") }
  } catch {
    return "unreadable"
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Policies of many years with their texts are far smaller. */
const largestSettings = 16 * 1024 * 1024

const readJson = (file: string): Record<string, unknown> => {
  const found = textOf(file, largestSettings)
  if (found === "absent") {
    const reason =
      "no settings: write this file (docs/operating/settings.md), or run `tidemark demo`"
    throw new BadInput({ where: file, reason })
  }
  if (found === "unreadable") throw new BadInput({ where: file, reason: "cannot be read" })
  let value: unknown
  try {
    value = JSON.parse(found.text)
  } catch {
    throw new BadInput({ where: file, reason: "not valid JSON" })
  }
  if (isRecord(value)) return value
  throw new BadInput({ where: file, reason: "not a JSON object" })
}

const decode = Schema.decodeUnknownResult(Settings, { errors: "all", onExcessProperty: "error" })
const standardIssues = SchemaIssue.makeFormatterStandardSchemaV1()

/** What is wrong, without the value that is: it could be a secret. */
const withoutValue = (message: string): string =>
  message
    .replace(/, got [\s\S]*$/, "")
    .replace(/^Unexpected key[\s\S]*$|^Expected no excess property$/, "unknown field")
    .replace(/^Missing key$/, "missing")
    .replace(/^Invalid data[\s\S]*$/, "not a valid value")
    .replace(/^Expected/, "expected")

const issuesOf = (issue: SchemaIssue.Issue): ReadonlyArray<string> =>
  standardIssues(issue).issues.map(
    ({ message, path }) => `${(path ?? []).map(String).join(".")}: ${withoutValue(message)}`
  )

/**
 * Reads the settings of a file and the environment.
 *
 * **Errors** — one `BadInput` that names every problem with its path, those of the policies among
 * them; no value is ever quoted.
 */
export const read = (
  configFile: string | undefined,
  environment: Environment = process.env
): RunnerSettings => {
  const file = configFile ?? "tidemark.json"
  const document = readJson(file)
  for (const [name, section, field] of variables) {
    const value = valueOf(environment, name)
    if (value === undefined) continue
    const before = document[section]
    document[section] = { ...(isRecord(before) ? before : {}), [field]: value }
  }
  const decoded = decode(document)
  const policies = policiesIn(document)
  const problems = Result.isFailure(decoded) ? issuesOf(decoded.failure.issue) : []
  if (Result.isFailure(decoded) || policies._tag === "Refused") {
    const all = policies._tag === "Refused" ? [...problems, ...policies.problems] : problems
    throw new BadInput({ where: file, reason: all.join("; ") })
  }
  return settingsOf(decoded.success, policies.policies)
}

const settingsOf = (settings: typeof Settings.Type, policies: PinnedPolicies): RunnerSettings => {
  const { Banking, Database, Program, SmsCarrier } = settings
  const url = Database?.ConnectionString
  return {
    program: Program.Name,
    environment: Program.Environment ?? "production",
    policies,
    database:
      url === undefined
        ? {
            _tag: "Embedded",
            directory: resolve(Database?.Directory ?? "tidemark-data"),
            accepted: Database?.AcceptEmbeddedForRealCarrier
          }
        : {
            _tag: "Postgres",
            url: Redacted.make(url),
            schema: Database?.Schema,
            migrations: Database?.Migrations ?? "apply"
          },
    bank: {
      url: Banking.ApiUrl,
      token: redacted(Banking.ApiKey),
      timeoutMs: Banking.Timeout
    },
    carrier: {
      url: SmsCarrier.ApiUrl,
      token: redacted(SmsCarrier.ApiKey),
      account: SmsCarrier.Account ?? "default",
      maxBatch: SmsCarrier.MaxBatch,
      ratePerSecond: SmsCarrier.RatePerSecond,
      sandbox: SmsCarrier.Sandbox ?? false,
      webhookSecret: redacted(SmsCarrier.WebhookSecret),
      webhookHost: SmsCarrier.WebhookHost ?? "127.0.0.1",
      webhookPort: SmsCarrier.WebhookPort ?? 0
    },
    keys: {
      clientReference: redacted(settings.Secrets?.ClientReferenceKey),
      data: redacted(settings.Secrets?.DataKey)
    },
    scanMs: (settings.Schedule?.ScanSeconds ?? 15) * 1000,
    logLevel: levels[settings.Logging?.LogLevel?.Default ?? "Information"]
  }
}

const redacted = (text: string | undefined): Redacted.Redacted | undefined =>
  text === undefined ? undefined : Redacted.make(text)

type ReadPolicies =
  | { readonly _tag: "Policies"; readonly policies: PinnedPolicies }
  | { readonly _tag: "Refused"; readonly problems: ReadonlyArray<string> }

/**
 * The policies of a document that need not be right otherwise, so that their problems are told with
 * all others. What is no list of policies at all is the schema's to tell.
 */
const policiesIn = ({ Program }: Record<string, unknown>): ReadPolicies => {
  const list: unknown = isRecord(Program) ? Program["Policies"] : undefined
  const problems: Array<string> = []
  const policies: Array<Pinned> = []
  const months = new Set<string>()
  for (const [index, entry] of (Array.isArray(list) ? list : []).entries()) {
    if (!isRecord(entry) || !("Policy" in entry)) continue
    const path = `Program.Policies.${index}`
    const { EffectiveFrom, Policy } = entry
    const month = PolicyDocument.month(String(EffectiveFrom))
    if (months.has(String(EffectiveFrom))) {
      problems.push(`${path}.EffectiveFrom: another policy is in force from the same month`)
    }
    months.add(String(EffectiveFrom))
    // A wrong month is told by the schema; the policy is read all the same, for its own problems.
    const pinned = PolicyDocument.read(JSON.stringify(Policy), month ?? anyMonth)
    if (!("_tag" in pinned)) policies.push(pinned)
    else for (const problem of pinned.problems) problems.push(told(`${path}.Policy`, problem))
  }
  const [first, ...rest] = policies
  return problems.length > 0 || first === undefined
    ? { _tag: "Refused", problems }
    : { _tag: "Policies", policies: [first, ...rest] }
}

const anyMonth = CalendarMonth.of(BusinessDate.fromEpochDay(0))

const told = (where: string, { message, path }: { message: string; path: string }): string =>
  `${path === "" ? where : `${where}.${path}`}: ${withoutValue(message)}`
