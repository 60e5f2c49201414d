/**
 * The program as a host calls it: plain promises over one runtime that is built once.
 *
 * **Source** — architecture, Embedding.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as ZonedTime from "../calendar/ZonedTime.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import { SmsCarrier } from "../ports/SmsCarrier.ts"
import type { ApprovalOutcome } from "../ports/store/Decisions.ts"
import type { MonthlyReport } from "../report/MonthlyReport.ts"
import { captureDay } from "../workflows/CaptureDay.ts"
import { makeReport } from "../workflows/IssueReport.ts"
import { Program } from "../workflows/Program.ts"
import { tick } from "../workflows/Tick.ts"
import { receiptReport } from "./CarrierPort.ts"
import * as Composition from "./Composition.ts"
import * as Explaining from "./Explaining.ts"
import * as Failures from "./Failures.ts"
import { MalformedAnswer } from "./HostCall.ts"
import type { HostReceipt } from "./HostPorts.ts"
import * as Instants from "./Instants.ts"
import * as OpenChecks from "./OpenChecks.ts"
import { HostTransactions } from "./StoreParts.ts"
import { AbortedError, ClosedError, invalid, refused } from "./TidemarkError.ts"
import type {
  Approval,
  CallOptions,
  CaptureReport,
  MonthSummary,
  OpenOptions,
  Suppression,
  Tidemark as Program_,
  TickOptions,
  TransactionOptions
} from "./TidemarkTypes.ts"

/** A program that is open. */
export type Tidemark = Program_

/** Where a host begins: `Tidemark.open`. */
export const Tidemark: { readonly open: (options: OpenOptions) => Promise<Tidemark> } = {
  /**
   * Opens the program: checks what it was given, migrates or verifies the store, asks nobody else.
   *
   * **Errors**, first match wins — `PolicyError`, or `InputError` where more than the policies is
   * wrong, with every problem at once; `RefusedError.RealCarrier`: this store forgets what was
   * sent; `StoreError`.
   */
  open: async (options) => {
    const policies = OpenChecks.checked(options)
    const runtime = ManagedRuntime.make(Composition.layer(options, policies))
    const runner = makeRunner(runtime)
    try {
      await runner.run(Effect.void)
    } catch (error) {
      await runner.close()
      throw error
    }
    return methods(runner)
  }
}

type Runtime = ManagedRuntime.ManagedRuntime<Composition.Services, unknown>

interface Runner {
  readonly run: <A>(
    effect: Effect.Effect<A, unknown, Composition.Services>,
    options?: CallOptions
  ) => Promise<A>
  readonly close: () => Promise<void>
}

/** Runs effects to promises, remembers those in flight, and ends them when the program is closed. */
const makeRunner = (runtime: Runtime): Runner => {
  const closing = new AbortController()
  const inFlight = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined
  const settle = async <A>(
    effect: Effect.Effect<A, unknown, Composition.Services>,
    signal: AbortSignal
  ): Promise<A> => {
    const exit = await runtime.runPromiseExit(effect, { signal })
    if (Exit.isSuccess(exit)) return exit.value
    const ended = Failures.ofCause(exit.cause)
    if (ended !== "aborted") throw ended
    throw closing.signal.aborted ? closedError() : aborted(signal)
  }
  return {
    run: (effect, options = {}) => {
      if (closing.signal.aborted) return Promise.reject(closedError())
      const { signal } = options
      if (signal?.aborted === true) return Promise.reject(aborted(signal))
      const both = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal])
      const running = settle(effect, both)
      inFlight.add(running)
      return running.finally(() => inFlight.delete(running))
    },
    close: () => {
      closing.abort()
      closed ??= Promise.allSettled(inFlight).then(() => runtime.dispose())
      return closed
    }
  }
}

const closedError = (): ClosedError =>
  new ClosedError("ClosedError.Closed", "the program is closed")

const aborted = (signal: AbortSignal): AbortedError =>
  new AbortedError("AbortedError.Aborted", "the call was aborted between two batches", {
    retryable: true,
    cause: signal.reason
  })

const methods = ({ close, run }: Runner): Tidemark => ({
  tick: (options) => run(tickWith(options ?? {}), options),
  capture: (date, options) => run(capture(date, options), options),
  approve: (approval, options) => run(approve(approval, options), options),
  explain: (customerId, month, options) => run(explain(customerId, month), options),
  report: (month, options) => run(report(month, options), options),
  months: (options) => run(months(options), options),
  receipts: (receipts, options) => run(storeReceipts(receipts, options), options),
  suppress: (suppression, options) => run(suppress(suppression, options), options),
  unsuppress: (suppression, options) => run(unsuppress(suppression, options), options),
  pause: ({ by, kill }, options) =>
    run(setPause(kill === true ? "killed" : "paused", by, options), options),
  resume: ({ by }, options) => run(setPause("none", by, options), options),
  close,
  [Symbol.asyncDispose]: close
})

/** Business time as given, `undefined` for the process clock: messages are sent in real time only. */
const givenMs = Effect.fnUntraced(function* ({ now }: CallOptions = {}) {
  if (now === undefined) return undefined
  const carrier = yield* SmsCarrier
  if (!carrier.isSandbox) {
    return yield* Effect.fail(
      refused("RealCarrier", "now: a carrier that is no sandbox lives in real time")
    )
  }
  return yield* parsed(() => Instants.instantMs(now, "now"))
})

const businessMs = Effect.fnUntraced(function* (options?: CallOptions) {
  return (yield* givenMs(options)) ?? (yield* Clock.currentTimeMillis)
})

/** What a parser throws is a failure like any other. */
const parsed = <A>(parse: () => A): Effect.Effect<A, unknown> =>
  Effect.try({ try: parse, catch: (error) => error })

const tickWith = Effect.fnUntraced(function* (options: TickOptions) {
  const { budgetMs, roles } = options
  const nowMs = yield* givenMs(options)
  const result = yield* tick({
    ...(nowMs === undefined ? {} : { nowMs }),
    ...(budgetMs === undefined ? {} : { budgetMs }),
    ...(roles === undefined ? {} : { roles })
  })
  const { done, late, more, recheck } = result
  return { done, late, nextWakeAt: Explaining.isoOf(result.nextWakeAtMs), recheck, more }
})

const capture = Effect.fnUntraced(function* (text: string, options?: CallOptions) {
  const nowMs = yield* businessMs(options)
  const { zone } = yield* Program
  const businessDate = yield* parsed(() => Instants.date(text))
  if (businessDate >= ZonedTime.businessDateAt(nowMs, zone)) {
    return yield* Effect.fail(refused("DayNotOver", `${businessDate} is not over yet`))
  }
  const outcome = yield* captureDay({ businessDate, again: true, nowMs })
  if (outcome._tag !== "Captured") {
    const elsewhere: CaptureReport = { outcome: "elsewhere" }
    return elsewhere
  }
  const { conflicts, issues, stored, superseded } = outcome
  const captured: CaptureReport = { outcome: "captured", stored, superseded, conflicts, issues }
  return captured
})

/** Runs store verbs, in the host's transaction where it passed a client. */
const transacted = <A, E, R>(
  verbs: Effect.Effect<A, E, R>,
  tx: unknown
): Effect.Effect<A, unknown, R | HostTransactions> => {
  if (tx === undefined) return verbs
  return Effect.gen(function* () {
    const within = (yield* HostTransactions).join(tx)
    if (within !== undefined) return yield* within(verbs)
    return yield* Effect.fail(invalid("tx", "this store cannot join a transaction of the host"))
  })
}

const approve = Effect.fnUntraced(function* (approval: Approval, options?: TransactionOptions) {
  const month = yield* parsed(() => Instants.month(approval.month))
  const by = yield* parsed(() => OpenChecks.named("by", approval.by))
  const hash = yield* parsed(() => OpenChecks.named("hash", approval.hash))
  const nowMs = yield* businessMs(options)
  const { policyFor } = yield* Program
  const store = yield* ProgramStore
  const required = policyFor(month).policy.qualification.approval === "automatic" ? 1 : 2
  const { _tag } = yield* transacted(
    store.approve({ month, hash, by, nowMs, required }),
    options?.tx
  )
  if (_tag === "Approved") return "approved" as const
  if (_tag === "NeedsSecondPerson") return "needsSecondPerson" as const
  return yield* Effect.fail(refused(_tag, refusals[_tag]))
})

const refusals: Readonly<
  Record<Exclude<ApprovalOutcome["_tag"], "Approved" | "NeedsSecondPerson">, string>
> = {
  NotDecided: "the month is not decided yet",
  AlreadyReleased: "the month is released already",
  HashMismatch: "the hash is not that of the decisions: look at them again with months()",
  SamePerson: "the same person cannot approve twice"
}

const explain = Effect.fnUntraced(function* (customerId: string, text: string) {
  const month = yield* parsed(() => Instants.month(text))
  const { policyFor } = yield* Program
  const store = yield* ProgramStore
  return Explaining.of(yield* store.customerMonth({ customerId, month }), policyFor(month))
})

const report = Effect.fnUntraced(function* (text: string, options?: CallOptions) {
  const month = yield* parsed(() => Instants.month(text))
  const store = yield* ProgramStore
  const issued = yield* store.report({ month, version: null })
  // What the store gives back is what this program wrote.
  if (issued !== null) return JSON.parse(issued.json) as MonthlyReport
  const made = yield* makeReport(month, "provisional", yield* businessMs(options))
  return "_tag" in made ? yield* Effect.die(new Error("a provisional report was refused")) : made
})

const months = Effect.fnUntraced(function* (options?: CallOptions) {
  const store = yield* ProgramStore
  const ledger = yield* store.ledger({ nowMs: yield* businessMs(options) })
  return ledger.months.map((row): MonthSummary => ({
    month: row.month,
    status: row.status,
    hash: row.contentHash,
    population: row.population,
    qualified: row.qualified,
    notQualified: row.notQualified,
    undetermined: row.undetermined,
    approvedBy: row.approvedBy,
    decidedAt: Explaining.iso(row.decidedMs),
    releasedAt: Explaining.iso(row.releasedMs),
    closedAt: Explaining.iso(row.closedMs)
  }))
})

const storeReceipts = Effect.fnUntraced(function* (
  receipts: ReadonlyArray<HostReceipt>,
  options?: CallOptions
) {
  const store = yield* ProgramStore
  const carrier = yield* SmsCarrier
  const reports = yield* Effect.try({
    try: () => receipts.map(receiptReport),
    catch: (error) =>
      error instanceof MalformedAnswer ? invalid("receipts", error.message) : error
  })
  const nowMs = yield* businessMs(options)
  const carrierAccount = carrier.account
  return yield* store.storeReceipts({ nowMs, via: "webhook", carrierAccount, reports })
})

const suppress = Effect.fnUntraced(function* (
  { by, customerIds, reason }: Suppression,
  options?: TransactionOptions
) {
  yield* parsed(() => OpenChecks.named("by", by) + OpenChecks.named("reason", reason))
  const nowMs = yield* businessMs(options)
  const store = yield* ProgramStore
  const verb = store.suppress({ customerIds, reason, by, nowMs })
  return (yield* transacted(verb, options?.tx)).added
})

const unsuppress = Effect.fnUntraced(function* (
  { by, customerIds }: Omit<Suppression, "reason">,
  options?: TransactionOptions
) {
  yield* parsed(() => OpenChecks.named("by", by))
  const nowMs = yield* businessMs(options)
  const store = yield* ProgramStore
  return (yield* transacted(store.unsuppress({ customerIds, by, nowMs }), options?.tx)).removed
})

const setPause = Effect.fnUntraced(function* (
  state: "none" | "paused" | "killed",
  by: string,
  options?: CallOptions
) {
  yield* parsed(() => OpenChecks.named("by", by))
  const store = yield* ProgramStore
  yield* store.setPause({ state, by, nowMs: yield* businessMs(options) })
})
