/**
 * Where workflows are tried: the memory store, a bank and a carrier without a wire, a process clock
 * that moves only when somebody sleeps, and every service replaceable by one that misbehaves.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type { DomainEvent } from "../../src/events/DomainEvent.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import type { BalanceHistory } from "../../src/ports/BalanceHistory.ts"
import { ClosingBalances } from "../../src/ports/ClosingBalances.ts"
import { Customers } from "../../src/ports/Customers.ts"
import { EventPublisher } from "../../src/ports/EventPublisher.ts"
import { Operations, type OperationsNotice } from "../../src/ports/Operations.ts"
import * as Memory from "../../src/ports/memory/MemoryProgramStore.ts"
import * as PolicyDocument from "../../src/ports/PolicyDocument.ts"
import { ProgramStore, type ProgramStoreVerbs } from "../../src/ports/ProgramStore.ts"
import { Secrets } from "../../src/ports/Secrets.ts"
import { SmsCarrier } from "../../src/ports/SmsCarrier.ts"
import * as ProgramPolicy from "../../src/policy/ProgramPolicy.ts"
import * as ClosingBalancesMemory from "../../src/testing/ClosingBalancesMemory.ts"
import * as CustomersMemory from "../../src/testing/CustomersMemory.ts"
import type * as SandboxBank from "../../src/testing/SandboxBank.ts"
import type * as SandboxCarrier from "../../src/testing/SandboxCarrier.ts"
import * as SmsCarrierMemory from "../../src/testing/SmsCarrierMemory.ts"
import * as LedgerHistory from "../../src/workflows/LedgerHistory.ts"
import { defaultBatchSizes, Program } from "../../src/workflows/Program.ts"
import { Surveys } from "../../src/workflows/Tick.ts"

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

/** A month by its text, or the test stops. */
const monthOf = (text: string): CalendarMonth.CalendarMonth => {
  const found = CalendarMonth.parse(text)
  if (found === undefined) throw new Error(text)
  return found
}
export const month = monthOf("2026-10")
export const instant = (text: string): number => Date.parse(text)

export interface WorldOptions {
  readonly bank?: Partial<SandboxBank.BankOptions>
  readonly carrier?: Partial<SandboxCarrier.CarrierOptions>
  readonly capabilities?: typeof SmsCarrierMemory.capabilities
  /** Parts of the policy document, merged over the test's defaults. */
  readonly policy?: Readonly<Record<string, unknown>>
  /** Further policies by the month they are in force from. */
  readonly later?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly startMs?: number
  readonly batch?: Partial<typeof defaultBatchSizes>
  readonly store?: (verbs: ProgramStoreVerbs) => Partial<ProgramStoreVerbs>
  readonly balances?: Partial<(typeof ClosingBalances)["Service"]>
  readonly customers?: Partial<(typeof Customers)["Service"]>
  readonly sms?: (inner: (typeof SmsCarrier)["Service"]) => Partial<(typeof SmsCarrier)["Service"]>
  readonly publish?: (typeof EventPublisher)["Service"]["publish"]
  readonly notify?: (typeof Operations)["Service"]["notify"]
  readonly secrets?: Partial<(typeof Secrets)["Service"]>
}

type Surveyed = (typeof Surveys)["Service"] extends Ref.Ref<infer A> ? A : never

type Services =
  | BalanceHistory
  | ClosingBalances
  | Customers
  | EventPublisher
  | Operations
  | Program
  | ProgramStore
  | Secrets
  | SmsCarrier
  | Surveys

/** A process clock that a sleep moves at once: no test waits for real time. */
const makeClock = (startMs: number) => {
  let nowMs = startMs
  const nanos = (): bigint => BigInt(nowMs) * 1_000_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => nowMs,
    currentTimeMillis: Effect.sync(() => nowMs),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.andThen(
        Effect.sync(() => {
          nowMs += Math.ceil(Duration.toMillis(duration))
        }),
        Effect.yieldNow
      )
  }
  const pass = (ms: number): void => {
    nowMs += ms
  }
  return { clock, pass, nowMs: () => nowMs }
}

const defaults = {
  balance: {},
  message: { messageClass: "service", bankName: "Bank Sandbox" },
  qualification: { approval: "automatic" },
  schedule: { startsOn: "2026-09-30" }
}

/** A policy read from a document, or the test stops. */
const policyOf = (
  over: Readonly<Record<string, unknown>> = {},
  effectiveFrom = "2026-10"
): ProgramPolicy.PinnedPolicy => {
  const read = PolicyDocument.read(JSON.stringify({ ...defaults, ...over }), monthOf(effectiveFrom))
  if ("_tag" in read) throw new Error(JSON.stringify(read.problems))
  return read
}

export const makeWorld = (options: WorldOptions = {}) => {
  const startMs = options.startMs ?? instant("2026-10-01T00:00:00Z")
  const time = makeClock(startMs)
  const bankSetup = { customers: 40, months: [month], ...options.bank }
  const balances = ClosingBalancesMemory.make(bankSetup, startMs)
  const customers = CustomersMemory.make(bankSetup)
  const carrier = SmsCarrierMemory.make(
    { ...options.carrier },
    startMs,
    options.capabilities ?? { ...SmsCarrierMemory.capabilities, ratePerSecond: 1_000_000 }
  )
  const memory = Memory.make({ program: "premium" })
  const verbs = { ...memory.verbs, ...options.store?.(memory.verbs) }
  const published: Array<DomainEvent> = []
  const notices: Array<OperationsNotice> = []
  const first = policyOf(options.policy)
  const policies: readonly [ProgramPolicy.PinnedPolicy, ...Array<ProgramPolicy.PinnedPolicy>] = [
    first,
    ...Object.entries(options.later ?? {}).map(([from, over]) => policyOf(over, from))
  ]
  const surveys = Ref.makeUnsafe<Surveyed>([])
  const key = Redacted.make(new Uint8Array(32).fill(7))
  const named = Effect.succeed({ id: "k1", key })
  const ports = Layer.mergeAll(
    Layer.succeed(ProgramStore, verbs),
    Layer.succeed(ClosingBalances, { ...balances.balances, ...options.balances }),
    Layer.succeed(Customers, { ...customers, ...options.customers }),
    Layer.succeed(SmsCarrier, { ...carrier.carrier, ...options.sms?.(carrier.carrier) }),
    Layer.succeed(Secrets, {
      clientReferenceKey: () => named,
      dataKey: () => named,
      ...options.secrets
    }),
    Layer.succeed(EventPublisher, {
      publish:
        options.publish ??
        ((events) =>
          Effect.sync(() => {
            published.push(...events)
          }))
    }),
    Layer.succeed(Operations, {
      notify:
        options.notify ??
        ((rows) =>
          Effect.sync(() => {
            notices.push(...rows)
          }))
    }),
    Layer.succeed(Surveys, surveys),
    Layer.succeed(Program, {
      name: "premium",
      environment: "test",
      zone: "Asia/Jerusalem",
      worker: "worker-1",
      batch: { ...defaultBatchSizes, ...options.batch },
      policyFor: (asked) => ProgramPolicy.pinnedFor(policies, asked)
    })
  )
  const layer = Layer.provideMerge(LedgerHistory.layer, ports)
  /** Runs a workflow in this world's process time, without logs. */
  const run = <A, E>(effect: Effect.Effect<A, E, Services>): Promise<A> =>
    Effect.runPromise(
      effect.pipe(
        Effect.provide(layer),
        Effect.provideService(Clock.Clock, time.clock),
        Effect.provideService(References.MinimumLogLevel, "None")
      )
    )
  /** Business time for the bank and the carrier; never backwards. */
  const tell = (nowMs: number) => run(Effect.andThen(balances.tell(nowMs), carrier.tell(nowMs)))
  return {
    ...time,
    audit: memory.audit,
    carrierAudit: () => run(carrier.audit),
    notices,
    policy: first,
    published,
    run,
    store: verbs,
    tell
  }
}

export type World = ReturnType<typeof makeWorld>
