/** `tidemark doctor`: one line per thing a program needs, and what is due and late. */
import {
  Customers,
  DeliveryTime,
  LedgerHistory,
  Program,
  ProgramStore,
  SmsCarrier,
  Tick,
  WaitingForPeople
} from "@tidemark/core/effect"
import { CalendarMonth, ZonedTime } from "@tidemark/core/rules"
import { CarrierCapabilities } from "@tidemark/core/rules/delivery"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as BusinessTime from "../BusinessTime.ts"
import * as Composition from "../Composition.ts"
import * as Config from "../Config.ts"
import type { RunnerSettings } from "../Config.ts"
import * as Operate from "../Operate.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { Ended } from "../TerminalFailure.ts"
import * as DoctorStore from "./DoctorStore.ts"
import * as WaitingWords from "./WaitingWords.ts"

interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
}

/** Exit 1 when any check fails. Asks bank and carrier one harmless question each. */
export const doctor = async (
  input: BusinessTime.NowFlag,
  context: CommandContext
): Promise<void> => {
  const settings = Config.read(context.configFile)
  const findings = await Operate.run(
    examine(settings, input, context).pipe(
      Effect.provide(Composition.outsideLayer(settings)),
      Effect.provide(Operate.logs("Error"))
    ),
    context.signal
  )
  for (const finding of findings) {
    if (context.json) context.out.json(finding)
    else context.out.line(`${finding.ok ? "ok    " : "WRONG "} ${finding.check}: ${finding.detail}`)
  }
  if (findings.some((finding) => !finding.ok)) throw new Ended({ exitCode: 1 })
}

/** Turns a question into a finding: its answer in words, or the error's one line. */
const finding = <R>(
  check: string,
  question: Effect.Effect<string, { readonly message: string }, R>
): Effect.Effect<Finding, never, R> =>
  question.pipe(
    Effect.map((detail) => ({ check, ok: true, detail })),
    Effect.catch(({ message }) => Effect.succeed({ check, ok: false, detail: message }))
  )

/** A thing that is wrong hides no other: the store is opened for its own questions only. */
const examine = Effect.fnUntraced(function* (
  settings: RunnerSettings,
  input: BusinessTime.NowFlag,
  { opened }: CommandContext
) {
  const nowMs = (yield* BusinessTime.given(input)) ?? (yield* Clock.currentTimeMillis)
  const { name, zone } = yield* Program.Program
  const { hash, policy } = yield* DeliveryTime.policyAt(nowMs)
  const written = `policy ${hash.slice(0, 12)}, message class ${policy.message.messageClass}`
  const ofSettings: Finding = {
    check: "settings",
    ok: true,
    detail: `program ${name}, ${written}`
  }
  return [
    ofSettings,
    ...(yield* opened === undefined
      ? examineStore(settings, nowMs)
      : Effect.provideContext(askAll(nowMs), opened)),
    yield* finding("bank", askBank(CalendarMonth.of(ZonedTime.businessDateAt(nowMs, zone)))),
    yield* finding("carrier", askCarrier(settings))
  ]
})

/** A server's schema is looked at and left as it is; an embedded one is brought up to date. */
const examineStore = (settings: RunnerSettings, nowMs: number) => {
  const store = Composition.storeLayer(settings, {
    migrations: settings.database._tag === "Embedded" ? "apply" : "verify"
  })
  return askAll(nowMs).pipe(
    Effect.provide(Layer.merge(Layer.provideMerge(LedgerHistory.layer, store), Tick.Surveys.layer)),
    Effect.catch((error): Effect.Effect<ReadonlyArray<Finding>> => {
      const detail = error instanceof Error ? error.message : "cannot be opened"
      return Effect.succeed([{ check: "store", ok: false, detail }])
    })
  )
}

const askAll = Effect.fnUntraced(function* (nowMs: number) {
  const found = [
    yield* finding("store", askStore(nowMs)),
    yield* finding("late work", askLate(nowMs))
  ]
  const watched = yield* Effect.orElseSucceed(askWatched(nowMs), () => [])
  return [...found, ...watched, ...(yield* Effect.orElseSucceed(askPeople(nowMs), () => []))]
})

/** One finding for each thing that waits for people; a store that fails is told of already. */
const askPeople = (nowMs: number) =>
  Effect.map(WaitingForPeople.look(nowMs), (waiting) =>
    waiting.map((one): Finding => {
      const detail = WaitingWords.linesOf(one).join("\n")
      return { check: "people", ok: !WaitingWords.isWrong(one), detail }
    })
  )

/** Whatever stops sending by itself; a store that fails is told of already. */
const askWatched = Effect.fnUntraced(function* (nowMs: number) {
  const store = yield* ProgramStore
  const { breaker, witness } = yield* store.ledger({ nowMs })
  const watched: ReadonlyArray<Finding> = [
    DoctorStore.ofBreaker(breaker),
    DoctorStore.ofWitness(witness)
  ]
  return watched
})

const askStore = Effect.fnUntraced(function* (nowMs: number) {
  const store = yield* ProgramStore
  const { months, paused, unpublished } = yield* store.ledger({ nowMs })
  const running = paused === "none" ? "running" : paused
  return `${months.length} months, ${unpublished} events unpublished, ${running}`
})

const askBank = Effect.fnUntraced(function* (month: CalendarMonth.CalendarMonth) {
  const customers = yield* Customers
  const page = yield* customers.active(month, null)
  return `${page.customers.length} customers on the first page of ${month}`
})

const askCarrier = Effect.fnUntraced(function* (settings: RunnerSettings) {
  yield* Composition.refuseRealCarrierOnEmbedded(settings)
  const carrier = yield* SmsCarrier
  const { capabilities, isSandbox } = carrier
  if (capabilities.lookup !== "none") yield* carrier.lookup(["tidemark-doctor"])
  const guarantee = CarrierCapabilities.guarantee(capabilities)
  const known = `class ${CarrierCapabilities.carrierClass(capabilities)}: ${guarantee}`
  return isSandbox ? `sandbox, ${known}` : known
})

const askLate = Effect.fnUntraced(function* (nowMs: number) {
  const plan = yield* Tick.planNow(nowMs)
  if (plan.late.length === 0) return `nothing is late, ${plan.due.length} due`
  return yield* Effect.fail(
    new Error(`${plan.late.length} pieces of work are late: run \`tidemark tick\``)
  )
})
