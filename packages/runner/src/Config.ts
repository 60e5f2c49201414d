/**
 * The runner's settings: `tidemark.json`, then the environment over it, validated at start with all
 * problems at once. The only file of the runner that reads configuration.
 *
 * **Source** — original architecture §9.2 (its sections keep their names); surfaces, Configuration.
 */
import { PolicyDocument } from "@tidemark/core/effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { existsSync, readFileSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { BadInput } from "./TerminalFailure.ts"

const key = Schema.optionalKey
const Month = Schema.String.check(Schema.isPattern(/^\d{4}-(0[1-9]|1[0-2])$/))
const Url = Schema.String.check(
  Schema.makeFilter((text) => URL.canParse(text), { message: "an absolute URL" })
)
const Positive = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

const Settings = Schema.Struct({
  Program: Schema.Struct({
    Name: Schema.String.check(Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,62}$/)),
    Environment: key(Schema.String.check(Schema.isMinLength(1))),
    /** Policies with the month each is in force from. */
    Policies: Schema.NonEmptyArray(Schema.Struct({ EffectiveFrom: Month, Policy: Schema.Unknown }))
  }),
  Database: key(
    Schema.Struct({
      ConnectionString: key(Schema.String),
      Schema: key(Schema.String),
      /** Where the embedded store lives when no connection string is given. */
      Directory: key(Schema.String),
      AcceptEmbeddedForRealCarrier: key(Schema.Literal("I accept losing messages on power loss"))
    })
  ),
  Banking: Schema.Struct({ ApiUrl: Url, ApiKey: key(Schema.String), Timeout: key(Positive) }),
  SmsCarrier: Schema.Struct({
    ApiUrl: Url,
    ApiKey: key(Schema.String),
    Account: key(Schema.String),
    /** A sandbox carrier sends nothing to anybody. */
    Sandbox: key(Schema.Boolean),
    WebhookSecret: key(Schema.String),
    WebhookPort: key(Schema.Int)
  }),
  Secrets: key(
    Schema.Struct({ ClientReferenceKey: key(Schema.String), DataKey: key(Schema.String) })
  ),
  Schedule: key(Schema.Struct({ ScanSeconds: key(Positive) })),
  Logging: key(Schema.Struct({ LogLevel: key(Schema.Struct({ Default: Schema.String })) }))
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
      }
    | {
        readonly _tag: "Embedded"
        readonly directory: string
        readonly acceptsRealCarrier: boolean
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
    readonly sandbox: boolean
    readonly webhookSecret: Redacted.Redacted | undefined
    readonly webhookPort: number | undefined
  }
  /** Hexadecimal keys of at least 32 bytes; absent: made and kept beside the embedded store. */
  readonly keys: {
    readonly clientReference: Redacted.Redacted | undefined
    readonly data: Redacted.Redacted | undefined
  }
  readonly scanMs: number
}

type Pinned = Exclude<ReturnType<typeof PolicyDocument.read>, PolicyDocument.RefusedDocument>
export type PinnedPolicies = readonly [Pinned, ...ReadonlyArray<Pinned>]

/** Where each environment variable goes; `*_FILE` of each names a file that holds the value. */
const variables: ReadonlyArray<readonly [name: string, section: string, field: string]> = [
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
  if (!existsSync(file)) throw new BadInput({ where: `${name}_FILE`, reason: "no such file" })
  if (statSync(file).size > largestSecret) {
    throw new BadInput({ where: `${name}_FILE`, reason: "larger than 64 KiB" })
  }
  return readFileSync(file, "utf8").trim()
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const readJson = (file: string): Record<string, unknown> => {
  const text = existsSync(file) ? readFileSync(file, "utf8") : undefined
  if (text === undefined) {
    const reason =
      "no settings: write this file (docs/operating/settings.md), or run `tidemark demo`"
    throw new BadInput({ where: file, reason })
  }
  try {
    const value: unknown = JSON.parse(text)
    if (isRecord(value)) return value
  } catch {
    throw new BadInput({ where: file, reason: "not valid JSON" })
  }
  throw new BadInput({ where: file, reason: "not a JSON object" })
}

const decode = Schema.decodeUnknownResult(Settings, { errors: "all", onExcessProperty: "error" })
const standardIssues = SchemaIssue.makeFormatterStandardSchemaV1()

/**
 * Reads the settings of a file and the environment.
 *
 * **Errors** — one `BadInput` that names every problem with its path; no value is ever quoted.
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
  if (Result.isFailure(decoded)) {
    const problems = standardIssues(decoded.failure.issue).issues.map(
      ({ message, path }) => `${(path ?? []).map(String).join(".")}: ${message}`
    )
    throw new BadInput({ where: file, reason: problems.join("; ") })
  }
  return settingsOf(decoded.success, file)
}

const settingsOf = (settings: typeof Settings.Type, file: string): RunnerSettings => {
  const { Banking, Database, Program, SmsCarrier } = settings
  const url = Database?.ConnectionString
  return {
    program: Program.Name,
    environment: Program.Environment ?? "production",
    policies: policiesOf(Program.Policies, file),
    database:
      url === undefined
        ? {
            _tag: "Embedded",
            directory: resolve(Database?.Directory ?? "tidemark-data"),
            acceptsRealCarrier: Database?.AcceptEmbeddedForRealCarrier !== undefined
          }
        : { _tag: "Postgres", url: Redacted.make(url), schema: Database?.Schema },
    bank: {
      url: Banking.ApiUrl,
      token: redacted(Banking.ApiKey),
      timeoutMs: Banking.Timeout
    },
    carrier: {
      url: SmsCarrier.ApiUrl,
      token: redacted(SmsCarrier.ApiKey),
      account: SmsCarrier.Account ?? "default",
      sandbox: SmsCarrier.Sandbox ?? false,
      webhookSecret: redacted(SmsCarrier.WebhookSecret),
      webhookPort: SmsCarrier.WebhookPort
    },
    keys: {
      clientReference: redacted(settings.Secrets?.ClientReferenceKey),
      data: redacted(settings.Secrets?.DataKey)
    },
    scanMs: (settings.Schedule?.ScanSeconds ?? 15) * 1000
  }
}

const redacted = (text: string | undefined): Redacted.Redacted | undefined =>
  text === undefined ? undefined : Redacted.make(text)

const policiesOf = (
  policies: (typeof Settings.Type)["Program"]["Policies"],
  file: string
): PinnedPolicies => {
  const [first, ...rest] = policies.map(({ EffectiveFrom, Policy }, index) =>
    pin(JSON.stringify(Policy), EffectiveFrom, `${file}: Program.Policies.${index}.Policy`)
  )
  if (first === undefined) throw new BadInput({ where: file, reason: "no policy" })
  return [first, ...rest]
}

/** A policy's text as it is stored and hashed, in force from a month on. */
export const pin = (text: string, effectiveFrom: string, where: string): Pinned => {
  const month = PolicyDocument.month(effectiveFrom)
  if (month === undefined) throw new BadInput({ where, reason: "EffectiveFrom is no month" })
  const read = PolicyDocument.read(text, month)
  if ("_tag" in read) {
    const reason = read.problems.map(({ message, path }) => `${path}: ${message}`).join("; ")
    throw new BadInput({ where, reason })
  }
  return read
}
