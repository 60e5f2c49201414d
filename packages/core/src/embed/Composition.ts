/**
 * The host's functions joined into what the workflows need.
 *
 * **Source** — architecture, Embedding.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as ProgramPolicy from "../policy/ProgramPolicy.ts"
import type { ProgramStore, ProgramStoreError } from "../ports/ProgramStore.ts"
import type { Secrets } from "../ports/Secrets.ts"
import * as LedgerHistory from "../workflows/LedgerHistory.ts"
import { Program, servingBatchSizes } from "../workflows/Program.ts"
import { inForce, recordPolicies } from "../workflows/RecordPolicies.ts"
import { Surveys } from "../workflows/Tick.ts"
import { balancesLayer, customersLayer, noBalancesLayer } from "./BankPorts.ts"
import { carrierLayer } from "./CarrierPort.ts"
import { historyLayer } from "./HistoryPort.ts"
import { operationsLayer, publisherLayer, secretsLayer } from "./OutwardPorts.ts"
import * as Policies from "./Policies.ts"
import * as StoreParts from "./StoreParts.ts"
import * as Telemetry from "./Telemetry.ts"
import { PolicyError } from "./TidemarkError.ts"
import type { OpenOptions } from "./TidemarkTypes.ts"

const defaultTimeoutMs = 30_000

/** Everything an open program stands on. */
export type Services = Layer.Success<ReturnType<typeof layer>>

/** Built once per `open`. */
export const layer = (options: OpenOptions, policies: Policies.PinnedPolicies) => {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  const { zone } = policies[0].policy.calendar
  const { requestDeadlineMs } = Policies.latest(policies).policy.delivery
  const secrets = secretsLayer(options.secrets, zone, timeoutMs)
  const opened: Layer.Layer<
    ProgramStore | StoreParts.HostTransactions | Secrets,
    ProgramStoreError
  > = StoreParts.partsOf(options.store).layer(options.program).pipe(Layer.provideMerge(secrets))
  const history =
    options.history === undefined ? LedgerHistory.layer : historyLayer(options.history, timeoutMs)
  const balances =
    options.balances === undefined ? noBalancesLayer : balancesLayer(options.balances, timeoutMs)
  return Layer.mergeAll(
    history,
    Surveys.layer,
    balances,
    customersLayer(options.customers, timeoutMs),
    carrierLayer(options.carrier, requestDeadlineMs),
    publisherLayer(options.publish, timeoutMs),
    operationsLayer(options.operations, timeoutMs)
  ).pipe(
    Layer.provideMerge(Layer.effectDiscard(recorded(policies))),
    Layer.provideMerge(opened),
    Layer.provideMerge(programLayer(options, policies)),
    Layer.provideMerge(Telemetry.layer(options.logger, options.tracer))
  )
}

/** A policy is never changed while it is in force. */
const recorded = Effect.fnUntraced(function* (policies: Policies.PinnedPolicies) {
  const outcome = yield* recordPolicies(policies)
  if (outcome._tag === "Recorded") return
  const message = inForce(outcome.effectiveFrom)
  const problems = [{ path: "policies", message }]
  return yield* Effect.fail(new PolicyError("PolicyError.InForce", message, { problems }))
})

const programLayer = (
  options: OpenOptions,
  policies: Policies.PinnedPolicies
): Layer.Layer<Program> =>
  Layer.effect(
    Program,
    Effect.gen(function* () {
      return Program.of({
        name: options.program,
        environment: options.environment ?? "production",
        zone: policies[0].policy.calendar.zone,
        worker: options.worker ?? `host-${yield* randomName}`,
        batch: servingBatchSizes,
        policyFor: (month) => ProgramPolicy.pinnedFor(policies, month)
      })
    })
  )

const randomName = Effect.map(
  Effect.all([Random.nextInt, Random.nextInt]),
  ([one, other]) => `${Math.abs(one).toString(36)}${Math.abs(other).toString(36)}`
)
