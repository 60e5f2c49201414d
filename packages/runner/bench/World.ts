/**
 * A program over the computed bank, a PostgreSQL schema of its own and a carrier that accepts
 * everything at once: what the rows run the real workflows in.
 */
import {
  LedgerHistory,
  Program,
  ProgramStore,
  Secrets,
  SmsCarrier,
  type Submission
} from "@tidemark/core/effect"
import { layer as postgresLayer } from "@tidemark/postgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Bank from "./Bank.ts"

/** The name of the program. */
export const program = "premium"

const hour = 3_600_000

/** Takes whatever it is given, at any rate, in batches of 500. */
const nullCarrier = Layer.succeed(SmsCarrier, {
  capabilities: {
    idempotency: { scope: "message", windowMs: 720 * hour, stores5xx: false, inProgress: "409" },
    lookup: { by: "clientReference", readAfterWriteMs: 0 },
    validity: { kind: "absolute", maxMs: 48 * hour },
    receipts: { carriesClientReference: true, destructiveRead: false, retentionMs: 720 * hour },
    notSentProof: [],
    maxBatch: 500,
    ratePerSecond: 1_000_000_000
  },
  account: "null",
  isSandbox: true,
  submit: ({ messages }) =>
    Effect.succeed(
      messages.map(({ reference }: Submission) => ({
        _tag: "Accepted" as const,
        reference,
        carrierMessageId: `null-${reference}`
      }))
    ),
  lookup: (references) =>
    Effect.succeed(references.map((reference) => ({ _tag: "NotFound" as const, reference }))),
  pollReceipts: () => Effect.succeed([])
})

const programLayer = Layer.succeed(Program.Program, {
  name: program,
  zone: "Asia/Jerusalem",
  environment: "bench",
  worker: `bench-${process.pid}`,
  batch: Program.servingBatchSizes,
  policyFor: () => Bank.policy
})

/** The store of a schema; it is made when the runtime first needs it. */
const storeLayer = (url: string, schema: string) =>
  postgresLayer({ url: Redacted.make(url), program, schema, statementTimeoutMs: 0 }).pipe(
    Layer.provideMerge(Secrets.layerMemory(new Uint8Array(32).fill(7)))
  )

/** How many batches `claimDue` may still give; `Infinity` for all. */
export interface Gate {
  batches: number
}

const nothingClaimed = { batchId: "", fence: 0n, messages: [] }

const gated = (gate: Gate) =>
  Layer.effect(
    ProgramStore,
    Effect.map(ProgramStore, (verbs) => ({
      ...verbs,
      claimDue: (input: Parameters<typeof verbs.claimDue>[0]) =>
        Effect.suspend(() => {
          if (gate.batches <= 0) return Effect.succeed(nothingClaimed)
          gate.batches--
          return verbs.claimDue(input)
        })
    }))
  )

/** A world of so many customers; `gate` stops dispatch after so many batches, for turns. */
export const open = (url: string, schema: string, customers: number) => {
  const gate: Gate = { batches: Infinity }
  const store = gated(gate).pipe(Layer.provideMerge(storeLayer(url, schema)))
  const ports = Layer.mergeAll(
    Bank.balances(customers),
    Bank.customers(customers),
    nullCarrier,
    programLayer
  )
  const runtime = ManagedRuntime.make(
    LedgerHistory.layer.pipe(Layer.provideMerge(Layer.merge(store, ports)))
  )
  type Services = ManagedRuntime.ManagedRuntime.Services<typeof runtime>
  const run = <A, E>(effect: Effect.Effect<A, E, Services>): Promise<A> =>
    runtime.runPromise(Effect.provideService(effect, References.MinimumLogLevel, "Error"))
  return { gate, run, close: () => runtime.dispose() }
}

export type World = ReturnType<typeof open>
