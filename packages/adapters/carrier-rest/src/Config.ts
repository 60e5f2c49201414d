/**
 * How to reach a carrier over REST: options by value, and the same read from the environment. The
 * only file of this package that reads configuration.
 *
 * **Source** — delivery protocol 1.5 and 2.2; docs/reference/carrier-rest.md.
 */
import type { CarrierCapabilities } from "@tidemark/core/rules/delivery"
import * as EffectConfig from "effect/Config"
import type * as Redacted from "effect/Redacted"

/** What an adapter is told; durations in milliseconds. */
export interface CarrierRestOptions {
  /** Origin of the carrier's API, such as `https://sms.example`; a path before `/v1` is kept. */
  readonly url: string
  readonly token: Redacted.Redacted | null
  /** The account at the carrier; part of every client reference. */
  readonly account: string
  /** A sandbox may follow a business clock and run on the embedded store. */
  readonly isSandbox: boolean
  /** What a real carrier lacks of the default contract is declared here. */
  readonly capabilities: CarrierCapabilities.CarrierCapabilities
  /** D: how long a request may take in all, connecting included. */
  readonly requestTimeoutMs: number
  /** Requests open at once. */
  readonly connections: number
  /** An answer above this is unreadable. */
  readonly mostAnswerBytes: number
  /** A longer wish to wait is cut to this. */
  readonly mostRetryAfterMs: number
}

const hour = 3_600_000

/**
 * The default contract, class KLV, the strongest: a key per message remembered for 72 hours,
 * look-up by client reference, absolute validity.
 *
 * **Source** — delivery protocol 1.5.
 */
export const defaultCapabilities: CarrierCapabilities.CarrierCapabilities = {
  idempotency: { scope: "message", windowMs: 72 * hour, stores5xx: false, inProgress: "409" },
  lookup: { by: "clientReference", readAfterWriteMs: 0 },
  validity: { kind: "absolute", maxMs: 48 * hour },
  receipts: { carriesClientReference: true, destructiveRead: false, retentionMs: 30 * 24 * hour },
  notSentProof: ["400", "401", "403", "413", "429"],
  maxBatch: 500,
  ratePerSecond: 100
}

/** Everything that has a default. */
export const defaults = {
  token: null,
  account: "default",
  isSandbox: false,
  capabilities: defaultCapabilities,
  requestTimeoutMs: 30_000,
  connections: 8,
  mostAnswerBytes: 8 * 1024 * 1024,
  mostRetryAfterMs: hour
} satisfies Omit<CarrierRestOptions, "url">

/** The options with defaults for what is left out. */
export const options = (
  given: Pick<CarrierRestOptions, "url"> & Partial<CarrierRestOptions>
): CarrierRestOptions => ({ ...defaults, ...given })

/**
 * - `TIDEMARK_CARRIER_URL`, `TIDEMARK_CARRIER_TOKEN` (required)
 * - `TIDEMARK_CARRIER_ACCOUNT`, `TIDEMARK_CARRIER_TIMEOUT_MS`, `TIDEMARK_CARRIER_CONNECTIONS`,
 *   `TIDEMARK_CARRIER_RATE_PER_SECOND`, `TIDEMARK_CARRIER_MAX_BATCH`
 */
export const fromEnvironment: EffectConfig.Config<CarrierRestOptions> = EffectConfig.map(
  EffectConfig.all({
    url: EffectConfig.String("TIDEMARK_CARRIER_URL"),
    token: EffectConfig.Redacted("TIDEMARK_CARRIER_TOKEN"),
    account: EffectConfig.String("TIDEMARK_CARRIER_ACCOUNT").pipe(
      EffectConfig.withDefault(defaults.account)
    ),
    requestTimeoutMs: EffectConfig.Int("TIDEMARK_CARRIER_TIMEOUT_MS").pipe(
      EffectConfig.withDefault(defaults.requestTimeoutMs)
    ),
    connections: EffectConfig.Int("TIDEMARK_CARRIER_CONNECTIONS").pipe(
      EffectConfig.withDefault(defaults.connections)
    ),
    ratePerSecond: EffectConfig.Int("TIDEMARK_CARRIER_RATE_PER_SECOND").pipe(
      EffectConfig.withDefault(defaultCapabilities.ratePerSecond)
    ),
    maxBatch: EffectConfig.Int("TIDEMARK_CARRIER_MAX_BATCH").pipe(
      EffectConfig.withDefault(defaultCapabilities.maxBatch)
    )
  }),
  ({ ratePerSecond, maxBatch, ...rest }) =>
    options({ ...rest, capabilities: { ...defaultCapabilities, ratePerSecond, maxBatch } })
)
