/**
 * Plays a program month: real sandbox servers on loopback, the embedded store, the real workflows;
 * only business time is told. It ticks until all is quiet, then jumps to the next instant at which
 * something falls due.
 *
 * **Source** — architecture, Two times; surfaces, demo.
 */
import { ProgramStore, Tick } from "@tidemark/core/effect"
import { type CalendarMonth, Plan, SchedulePolicy } from "@tidemark/core/rules"
import type { SandboxCarrierLog } from "@tidemark/core/sandbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { randomBytes } from "node:crypto"
import { join } from "node:path"
import * as Composition from "../Composition.ts"
import * as ReceiptWebhook from "../ReceiptWebhook.ts"
import { startBank } from "../sandbox/Bank.ts"
import { startCarrier } from "../sandbox/Carrier.ts"
import * as DemoPlan from "./DemoPlan.ts"
import * as DemoState from "./DemoState.ts"
import * as DemoStory from "./DemoStory.ts"

/** Told while the month goes by. */
export interface DemoListener {
  readonly day: (nowMs: number) => void
  readonly done: (done: Tick.Done, nowMs: number) => void
  /** Messages marked for submission so far: one tick may submit many batches. */
  readonly marked: (count: number) => void
}

/** Receipts stored since the demo was started last, by the way they came. */
export interface ReceiptWays {
  webhook: number
  poll: number
  lookup: number
}

export interface DemoResult {
  readonly story: DemoStory.Story
  readonly audit: SandboxCarrierLog.CarrierAudit
  readonly receipts: ReceiptWays
  readonly tookMs: number
}

/** The first instant at which the demo has something to do. */
export const beginningMs = (options: DemoPlan.DemoOptions): number =>
  Plan.captureDueMs(
    DemoPlan.startsOn(options.month),
    { ...SchedulePolicy.defaultSchedulePolicy, startsOn: DemoPlan.startsOn(options.month) },
    DemoPlan.zone
  )

/** Plays from a state to the closed month; over another store than the embedded one in tests. */
export const play = (
  state: DemoState.DemoState,
  listener: DemoListener,
  store?: Parameters<typeof Composition.layerOver>[1]
) =>
  Effect.gen(function* () {
    const { options } = state
    const startedMs = performance.now()
    const bank = yield* startBank({
      seed: options.seed,
      customers: options.customers,
      months: [options.month],
      script: DemoPlan.bankScript(options.month),
      nowMs: state.nowMs
    })
    const secret = `whsec_${randomBytes(32).toString("base64")}`
    const time = { nowMs: state.nowMs }
    const webhook = yield* ReceiptWebhook.listen({
      port: 0,
      host: "127.0.0.1",
      secrets: [Redacted.make(secret)],
      time: Effect.sync(() => time.nowMs)
    })
    const carrier = yield* startCarrier({
      seed: options.seed,
      script: DemoPlan.carrierScript,
      throttleSeconds: 0.2,
      logFile: join(options.directory, "carrier-log.ndjson"),
      webhook: { url: webhook.url, secret },
      nowMs: state.nowMs
    })
    const settings = DemoPlan.settings(options, { bank: bank.url, carrier: carrier.url })
    const tell = (nowMs: number) => {
      time.nowMs = nowMs
      return Effect.andThen(bank.tell(nowMs), carrier.tell(nowMs))
    }
    const receipts: ReceiptWays = { webhook: 0, poll: 0, lookup: 0 }
    const counted = counting(receipts, listener).pipe(
      Layer.provideMerge(store ?? Composition.storeLayer(settings))
    )
    const story = yield* Effect.gen(function* () {
      yield* webhook.connect
      yield* passTheMonth(state, tell, listener)
      return yield* DemoStory.read(options)
    }).pipe(Effect.provide(Composition.layerOver(settings, counted)))
    const result: DemoResult = {
      story,
      audit: yield* carrier.audit,
      receipts,
      tookMs: performance.now() - startedMs
    }
    return result
  }).pipe(Effect.scoped)

/** The same store; what it stores of receipts is counted, and what it marks is told. */
const counting = (
  receipts: ReceiptWays,
  listener: DemoListener
): Layer.Layer<ProgramStore, never, ProgramStore> => {
  let marked = 0
  return Layer.effect(
    ProgramStore,
    Effect.map(ProgramStore, (store) =>
      ProgramStore.of({
        ...store,
        mark: (input) =>
          Effect.tap(store.mark(input), (batch) =>
            Effect.sync(() => listener.marked((marked += batch.marked.length)))
          ),
        storeReceipts: (input) =>
          Effect.tap(store.storeReceipts(input), ({ stored }) =>
            Effect.sync(() => {
              receipts[input.via] += stored
            })
          )
      })
    )
  )
}

/** A month takes far fewer jumps; more would be a livelock, and the demo must say so. */
const mostJumps = 100_000

const passTheMonth = Effect.fnUntraced(function* (
  { nowMs: beginMs, options }: DemoState.DemoState,
  tell: (nowMs: number) => Effect.Effect<void>,
  listener: DemoListener
) {
  let nowMs = beginMs
  let patienceMs = settlePatienceMs
  for (let jump = 0; jump < mostJumps; jump++) {
    DemoState.save({ options, nowMs })
    yield* tell(nowMs)
    listener.day(nowMs)
    const quiet = yield* tickUntilQuiet(nowMs, patienceMs, listener)
    if (yield* isClosed(options.month)) return
    patienceMs = quiet.patienceMs
    const { nextWakeAtMs, recheck } = quiet.result
    // What is still open after its settle delay hangs on business time too (a validity): go slowly.
    nowMs = recheck ? Math.min(nextWakeAtMs, nowMs + slowJumpMs) : nextWakeAtMs
  }
  return yield* Effect.die(new Error("the demo's month does not end"))
})

const slowJumpMs = 10 * 60_000

/** Longer than the demo's settle delay and its throttles: see `DemoPlan`. */
const settlePatienceMs = 1200
const pauseMs = 50

/**
 * Business time stands still while something may only wait for real time: a settle delay, a
 * throttle. Patience comes back with every submission.
 */
const tickUntilQuiet = Effect.fnUntraced(function* (
  nowMs: number,
  patienceAtStartMs: number,
  listener: DemoListener
) {
  let patienceMs = patienceAtStartMs
  for (;;) {
    const result = yield* Tick.tick({ nowMs })
    for (const done of result.done) listener.done(done, nowMs)
    if (result.done.some(({ work }) => work === "submit")) patienceMs = settlePatienceMs
    if (result.done.length > 0 || result.more) continue
    if (!result.recheck || patienceMs <= 0) return { result, patienceMs }
    yield* Effect.sleep(pauseMs)
    patienceMs -= pauseMs
  }
})

const isClosed = Effect.fnUntraced(function* (month: CalendarMonth.CalendarMonth) {
  const store = yield* ProgramStore
  return (yield* store.report({ month, version: "final" })) !== null
})
