/**
 * How to reach a bank over REST: options by value, and the same read from the environment. The only
 * file of this package that reads configuration.
 *
 * **Source** — docs/reference/bank-rest.md.
 */
import * as EffectConfig from "effect/Config"
import type * as Redacted from "effect/Redacted"

/** What the adapters are told; durations in milliseconds. */
export interface BankRestOptions {
  /** Base of the bank's API, such as `https://core.bank.example`; a path before `/v1` is kept. */
  readonly url: string
  readonly token: Redacted.Redacted | null
  readonly requestTimeoutMs: number
  /** Requests open at once. */
  readonly connections: number
  /** An answer above this is malformed. */
  readonly mostAnswerBytes: number
  /** How often a GET is asked again after a failure that may pass. */
  readonly retries: number
  /** The first pause before it; doubles, with jitter. */
  readonly retryDelayMs: number
}

/** Everything that has a default. */
export const defaults = {
  token: null,
  requestTimeoutMs: 30_000,
  connections: 4,
  mostAnswerBytes: 16 * 1024 * 1024,
  retries: 3,
  retryDelayMs: 200
} satisfies Omit<BankRestOptions, "url">

/** The options with defaults for what is left out. */
export const options = (
  given: Pick<BankRestOptions, "url"> & Partial<BankRestOptions>
): BankRestOptions => ({ ...defaults, ...given })

/**
 * - `TIDEMARK_BANK_URL`, `TIDEMARK_BANK_TOKEN` (required)
 * - `TIDEMARK_BANK_TIMEOUT_MS`, `TIDEMARK_BANK_CONNECTIONS`
 */
export const fromEnvironment: EffectConfig.Config<BankRestOptions> = EffectConfig.map(
  EffectConfig.all({
    url: EffectConfig.String("TIDEMARK_BANK_URL"),
    token: EffectConfig.Redacted("TIDEMARK_BANK_TOKEN"),
    requestTimeoutMs: EffectConfig.Int("TIDEMARK_BANK_TIMEOUT_MS").pipe(
      EffectConfig.withDefault(defaults.requestTimeoutMs)
    ),
    connections: EffectConfig.Int("TIDEMARK_BANK_CONNECTIONS").pipe(
      EffectConfig.withDefault(defaults.connections)
    )
  }),
  options
)
