/** `tidemark doctor`: one line per thing a program needs, and what is due and late. */
import {
  Customers,
  DeliveryTime,
  Program,
  ProgramStore,
  SmsCarrier,
  Tick
} from "@tidemark/core/effect"
import { CalendarMonth, CarrierCapabilities, ZonedTime } from "@tidemark/core/rules"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Operate from "../Operate.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { Ended } from "../TerminalFailure.ts"

interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
}

/** Exit 1 when any check fails. Asks bank and carrier one harmless question each. */
export const doctor = async (_: unknown, context: CommandContext): Promise<void> => {
  const findings = await Operate.withEverything(context, examine)
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

const examine = Effect.gen(function* () {
  const nowMs = yield* Clock.currentTimeMillis
  const { name, zone } = yield* Program.Program
  const { hash, policy } = yield* DeliveryTime.policyAt(nowMs)
  const settings: Finding = {
    check: "settings",
    ok: true,
    detail: `program ${name}, policy ${hash.slice(0, 12)}, message class ${policy.message.messageClass}`
  }
  return [
    settings,
    yield* finding("store", askStore(nowMs)),
    yield* finding("bank", askBank(CalendarMonth.of(ZonedTime.businessDateAt(nowMs, zone)))),
    yield* finding("carrier", askCarrier),
    yield* finding("late work", askLate(nowMs))
  ]
})

const askStore = Effect.fnUntraced(function* (nowMs: number) {
  const store = yield* ProgramStore
  const ledger = yield* store.ledger({ nowMs })
  return `${ledger.months.length} months, ${ledger.unpublished} events unpublished, ${ledger.paused === "none" ? "running" : ledger.paused}`
})

const askBank = Effect.fnUntraced(function* (month: CalendarMonth.CalendarMonth) {
  const customers = yield* Customers
  const page = yield* customers.active(month, null)
  return `${page.customers.length} customers on the first page of ${month}`
})

const askCarrier = Effect.gen(function* () {
  const carrier = yield* SmsCarrier
  const { capabilities, isSandbox } = carrier
  if (capabilities.lookup !== "none") yield* carrier.lookup(["tidemark-doctor"])
  const guarantee = CarrierCapabilities.guarantee(capabilities)
  return `${isSandbox ? "sandbox, " : ""}class ${CarrierCapabilities.carrierClass(capabilities)}: ${guarantee}`
})

const askLate = Effect.fnUntraced(function* (nowMs: number) {
  const plan = yield* Tick.planNow(nowMs)
  if (plan.late.length === 0) return `nothing is late, ${plan.due.length} due`
  return yield* Effect.fail(
    new Error(`${plan.late.length} pieces of work are late: run \`tidemark tick\``)
  )
})
