/**
 * Joins core with adapters: the only place that knows all of them.
 */
import * as BankRest from "@tidemark/bank-rest"
import * as CarrierRest from "@tidemark/carrier-rest"
import {
  EventPublisher,
  LedgerHistory,
  Operations,
  Program,
  type ProgramStore,
  RecordingPolicies,
  type Secrets,
  SmsCarrier,
  Tick
} from "@tidemark/core/effect"
import { ProgramPolicy } from "@tidemark/core/rules"
import * as Postgres from "@tidemark/postgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { hostname } from "node:os"
import { join } from "node:path"
import type { RunnerSettings } from "./Config.ts"
import * as FileSecrets from "./FileSecrets.ts"
import { BadInput } from "./TerminalFailure.ts"

/** What a command may ask for. */
export type Services = Layer.Success<ReturnType<typeof layer>>

/** `replica`: figures and lists of customers may be a little behind, where there is a replica. */
export type Reads = "primary" | "replica"

interface StoreUse {
  readonly migrations?: "apply" | "verify"
  readonly reads?: Reads
}

/** The store alone, with its keys: for commands that ask no bank and no carrier. */
export const storeLayer = (
  settings: Pick<RunnerSettings, "database" | "keys" | "program">,
  { migrations, reads }: StoreUse = {}
): Layer.Layer<ProgramStore | Secrets, unknown> => {
  const { database, program } = settings
  const secrets = FileSecrets.layer({
    ...settings.keys,
    directory: database._tag === "Embedded" ? join(database.directory, "keys") : undefined
  })
  const store =
    database._tag === "Embedded"
      ? Postgres.layerEmbedded({
          program,
          dataDirectory: join(database.directory, "store"),
          migrations
        })
      : Postgres.layer({
          program,
          url: database.url,
          schema: database.schema,
          migrations: migrations ?? database.migrations,
          witnessFile: database.witnessFile,
          maxConnections: database.maxConnections,
          statementTimeoutMs: database.statementTimeoutMs,
          ...(reads === "replica" ? { replicaUrl: database.replicaUrl } : {})
        })
  return store.pipe(Layer.provideMerge(secrets))
}

/** Names this process in claims: two processes never share it. */
const worker = (): string => `${hostname()}/${process.pid}`

/** The latest policy: its process-time constants are the adapters' too. */
const policyNow = ({ policies }: RunnerSettings): ProgramPolicy.PinnedPolicy => {
  let latest = policies[0]
  for (const policy of policies) if (policy.effectiveFrom > latest.effectiveFrom) latest = policy
  return latest
}

const programLayer = (settings: RunnerSettings): Layer.Layer<Program.Program> => {
  const [first] = settings.policies
  return Layer.succeed(Program.Program, {
    name: settings.program,
    environment: settings.environment,
    zone: first.policy.calendar.zone,
    worker: worker(),
    batch: Program.servingBatchSizes,
    policyFor: (month) => ProgramPolicy.pinnedFor(settings.policies, month)
  })
}

/** Refuses a real carrier on the embedded store, unless the settings accept it in words. */
export const refuseRealCarrierOnEmbedded = Effect.fnUntraced(function* ({
  database
}: RunnerSettings) {
  if (database._tag !== "Embedded") return
  const carrier = yield* SmsCarrier
  const refusal = Postgres.refuseRealCarrierOnEmbedded({
    store: "embedded",
    carrier,
    accepted: database.accepted
  })
  if (refusal !== undefined) return yield* refusal
})

/** The bank, the carrier and the program, without a store. */
export const outsideLayer = (settings: RunnerSettings) => {
  const { bank, carrier } = settings
  const banking = BankRest.layer({
    url: bank.url,
    ...(bank.token === undefined ? {} : { token: bank.token }),
    ...(bank.timeoutMs === undefined ? {} : { requestTimeoutMs: bank.timeoutMs })
  })
  const { maxBatch, ratePerSecond } = CarrierRest.defaultCapabilities
  const carrying = CarrierRest.layer({
    url: carrier.url,
    account: carrier.account,
    capabilities: {
      ...CarrierRest.defaultCapabilities,
      maxBatch: carrier.maxBatch ?? maxBatch,
      ratePerSecond: carrier.ratePerSecond ?? ratePerSecond
    },
    isSandbox: carrier.sandbox,
    requestTimeoutMs: policyNow(settings).policy.delivery.requestDeadlineMs,
    ...(carrier.token === undefined ? {} : { token: carrier.token })
  })
  return Layer.mergeAll(banking, carrying, programLayer(settings))
}

/** A policy is never changed while it is in force, whoever edits the settings. */
const recordPolicies = Effect.fnUntraced(function* ({ policies }: RunnerSettings) {
  const outcome = yield* RecordingPolicies.recordPolicies(policies)
  if (outcome._tag === "Recorded") return
  const reason = `Program.Policies: ${RecordingPolicies.inForce(outcome.effectiveFrom)}`
  return yield* Effect.fail(new BadInput({ reason }))
})

/** Everything: store, bank, carrier, program. */
export const layer = (settings: RunnerSettings, reads: Reads = "primary") =>
  layerOver(settings, storeLayer(settings, { reads }))

/** Everything over a given store. */
export const layerOver = (
  settings: RunnerSettings,
  store: Layer.Layer<ProgramStore | Secrets, unknown>
) => {
  return Layer.mergeAll(
    LedgerHistory.layer,
    Tick.Surveys.layer,
    EventPublisher.layerDiscard,
    Operations.layerLog
  ).pipe(
    Layer.provideMerge(Layer.effectDiscard(recordPolicies(settings))),
    Layer.provideMerge(store),
    Layer.provideMerge(Layer.effectDiscard(refuseRealCarrierOnEmbedded(settings))),
    Layer.provideMerge(outsideLayer(settings))
  )
}
