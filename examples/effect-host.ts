/**
 * A host that uses Effect: no facade, the same workflows over layers of its own.
 */
import {
  type BalanceHistory,
  ClosingBalances,
  Customers,
  EventPublisher,
  LedgerHistory,
  Operations,
  PolicyDocument,
  Program,
  ProgramStore,
  Secrets,
  SmsCarrier,
  Tick
} from "@tidemark/core/effect"
import { type BusinessDate, CalendarMonth, Instant, ProgramPolicy } from "@tidemark/core/rules"
import { ClosingBalancesMemory, CustomersMemory, SmsCarrierMemory } from "@tidemark/core/sandbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const month = CalendarMonth.of("2026-09-01" as BusinessDate.BusinessDate)
const beginMs = Date.UTC(2026, 8, 1, 6)

const document = {
  qualification: { approval: "automatic" },
  message: { messageClass: "service", sender: { id: "Bank", canReceiveReplies: false } },
  schedule: { startsOn: "2026-08-31" }
}
const policy = PolicyDocument.read(JSON.stringify(document), month)
if ("_tag" in policy) throw new Error(JSON.stringify(policy.problems))

const bank = { months: [month], customers: 60 }
const balances = ClosingBalancesMemory.make(bank, beginMs)
const carrier = SmsCarrierMemory.make({ immediate: true }, beginMs)

/** Each port is a layer: replace one, and nothing else changes. */
const ports = Layer.mergeAll(
  Layer.succeed(ClosingBalances, balances.balances),
  Layer.succeed(Customers, CustomersMemory.make(bank)),
  Layer.succeed(SmsCarrier, carrier.carrier),
  Secrets.layerMemory(new Uint8Array(32).fill(7)),
  EventPublisher.layerDiscard,
  Operations.layerLog,
  Tick.Surveys.layer,
  Layer.succeed(Program.Program, {
    name: "premium-retail",
    environment: "example",
    zone: policy.policy.calendar.zone,
    worker: "effect-host",
    batch: Program.defaultBatchSizes,
    policyFor: (of) => ProgramPolicy.pinnedFor([policy], of)
  })
)
const host: Layer.Layer<BalanceHistory | Layer.Success<typeof ports> | ProgramStore> =
  LedgerHistory.layer.pipe(
    Layer.provideMerge(ProgramStore.layerMemory({ program: "premium-retail" })),
    Layer.provideMerge(ports)
  )

const tellAll = (nowMs: number) => Effect.andThen(balances.tell(nowMs), carrier.tell(nowMs))

/** Business time jumps from one due instant to the next until the month has its final report. */
const passTheMonth = Effect.gen(function* () {
  const store = yield* ProgramStore
  let nowMs = beginMs
  for (;;) {
    yield* tellAll(nowMs)
    const { done, nextWakeAtMs } = yield* Tick.tick({ nowMs })
    const report = yield* store.report({ month, version: "final" })
    if (report !== null) return report
    if (done.length === 0) nowMs = nextWakeAtMs
  }
})

const report = await Effect.runPromise(Effect.provide(passTheMonth, host))
const { delivery } = JSON.parse(report.json)
const { accepted, duplicates } = await Effect.runPromise(carrier.audit)
console.log(`${month} closed ${Instant.toIso(report.issuedMs).slice(0, 7)}: ${report.version}`)
console.log(`delivered ${delivery.dispositions.delivered} of ${delivery.dispositions.qualified}`)
console.log(`the carrier accepted ${accepted}, duplicates ${duplicates}`)
