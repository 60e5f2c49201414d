/**
 * The runner's settings: `tidemark.json`, then the environment over it, validated at start with all
 * problems at once. Only the files named `Config…` read configuration.
 *
 * **Source** — original architecture §9.2 (its sections keep their names); surfaces, Configuration.
 */
import type * as LogLevel from "effect/LogLevel"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { resolve } from "node:path"
import * as ConfigForm from "./ConfigForm.ts"
import { type PinnedPolicies, policiesIn } from "./ConfigPolicies.ts"
import * as ConfigSources from "./ConfigSources.ts"
import { BadInput } from "./TerminalFailure.ts"

export type { PinnedPolicies } from "./ConfigPolicies.ts"
export { variables } from "./ConfigSources.ts"

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
        readonly witnessFile: string | undefined
        /** Where reports are read; absent: where everything is. */
        readonly replicaUrl: Redacted.Redacted | undefined
        readonly maxConnections: number | undefined
        readonly statementTimeoutMs: number | undefined
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

/**
 * Reads the settings of a file and the environment.
 *
 * **Errors** — one `BadInput` that names every problem with its path, those of the policies among
 * them; no value is ever quoted.
 */
export const read = (
  configFile: string | undefined,
  environment: ConfigSources.Environment = process.env
): RunnerSettings => {
  const file = configFile ?? "tidemark.json"
  const document = ConfigSources.documentOf(file, environment)
  const decoded = ConfigForm.decode(document)
  const policies = policiesIn(document)
  const problems = Result.isFailure(decoded) ? ConfigForm.issuesOf(decoded.failure.issue) : []
  if (Result.isFailure(decoded) || policies._tag === "Refused") {
    const all = policies._tag === "Refused" ? [...problems, ...policies.problems] : problems
    throw new BadInput({ where: file, reason: all.join("; ") })
  }
  return settingsOf(decoded.success, policies.policies)
}

const settingsOf = (
  settings: typeof ConfigForm.Settings.Type,
  policies: PinnedPolicies
): RunnerSettings => {
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
            migrations: Database?.Migrations ?? "apply",
            witnessFile:
              Database?.WitnessFile === undefined ? undefined : resolve(Database.WitnessFile),
            replicaUrl: redacted(Database?.ReplicaConnectionString),
            maxConnections: Database?.MaxConnections,
            statementTimeoutMs: Database?.StatementTimeout
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
    logLevel: ConfigForm.levels[settings.Logging?.LogLevel?.Default ?? "Information"]
  }
}

const redacted = (text: string | undefined): Redacted.Redacted | undefined =>
  text === undefined ? undefined : Redacted.make(text)
