/**
 * The ports of a process in a run: the real ones' memory layers and the sandbox models, each call
 * through the gate at which faults strike.
 *
 * **Source** — simulation, level 2.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as BankCalendar from "../../calendar/BankCalendar.ts"
import * as BusinessDate from "../../calendar/BusinessDate.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import type { CarrierCapabilities } from "../../delivery/CarrierCapabilities.ts"
import type * as ProgramPolicy from "../../policy/ProgramPolicy.ts"
import { ClosingBalances, ClosingBalancesError } from "../../ports/ClosingBalances.ts"
import { Customers, CustomersError } from "../../ports/Customers.ts"
import { EventPublisher, EventPublisherError } from "../../ports/EventPublisher.ts"
import { Operations, OperationsError } from "../../ports/Operations.ts"
import * as PolicyDocument from "../../ports/PolicyDocument.ts"
import {
  ProgramStore,
  ProgramStoreError,
  type ProgramStoreVerbs
} from "../../ports/ProgramStore.ts"
import { Secrets, SecretsError } from "../../ports/Secrets.ts"
import { SmsCarrier, SmsCarrierError } from "../../ports/SmsCarrier.ts"
import * as LedgerHistory from "../../workflows/LedgerHistory.ts"
import { Program } from "../../workflows/Program.ts"
import { Surveys } from "../../workflows/Tick.ts"
import * as ClosingBalancesMemory from "../ClosingBalancesMemory.ts"
import * as CustomersMemory from "../CustomersMemory.ts"
import * as SandboxBank from "../SandboxBank.ts"
import * as SandboxCarrier from "../SandboxCarrier.ts"
import { capabilities } from "../SmsCarrierMemory.ts"
import { misreading } from "./Misreading.ts"
import * as Process from "./Process.ts"
import type { SimulationPlan, WireFault } from "./SimulationPlan.ts"
import { carrierOf } from "./Wire.ts"
import type { World } from "./World.ts"

export const program = "simulated"
export const zone = "Asia/Jerusalem"
export const epochMonth = CalendarMonth.of(BusinessDate.fromEpochDay(0))

/** Balances are captured from so many days before the first month: what its first days carry. */
export const leadDays = 16

/** What a plan says about a run, made once. */
export interface Setting {
  readonly bank: SandboxBank.Bank
  readonly capabilities: CarrierCapabilities
  readonly policy: ProgramPolicy.PinnedPolicy
}

const businessEndsAtMinute = 17 * 60
const friday = 5

/** Small pages and batches: faults strike between them, not between messages. */
const batch = { customers: 8, submissions: 6, receipts: 7 }

const policyOf = (
  plan: SimulationPlan,
  first: CalendarMonth.CalendarMonth
): ProgramPolicy.PinnedPolicy => {
  const document = {
    calendar: {
      rules: {
        weekend: plan.weekend,
        holidays: plan.holidays.map((date) => ({ date, name: "Holiday" })),
        endsAtMinute: businessEndsAtMinute,
        shortDays: [friday]
      }
    },
    message: { messageClass: "service", bankName: "Bank Sandbox" },
    qualification: { approval: "automatic" },
    schedule: { startsOn: BusinessDate.addDays(CalendarMonth.first(first), 1 - leadDays) }
  }
  const read = PolicyDocument.read(JSON.stringify(document), CalendarMonth.previous(first))
  // A plan that makes no policy is a mistake of whoever wrote it.
  if ("_tag" in read) throw new Error(JSON.stringify(read.problems))
  return read
}

/** The setting of a plan. */
export const settingOf = (
  plan: SimulationPlan,
  months: ReadonlyArray<CalendarMonth.CalendarMonth>
): Setting => {
  const calendar = BankCalendar.weekdays({
    weekend: plan.weekend,
    holidays: plan.holidays.flatMap((text) => {
      const date = BusinessDate.parse(text)
      return date === undefined ? [] : [{ date, name: "Holiday" }]
    }),
    endsAtMinute: businessEndsAtMinute,
    shortDays: [friday]
  })
  return {
    bank: SandboxBank.make({
      ...SandboxBank.defaults,
      seed: plan.seed,
      customers: plan.customers,
      months,
      calendar,
      zone,
      script: plan.faults.filter(isBankFault),
      pageSize: 9
    }),
    capabilities: capabilitiesOf(plan),
    policy: policyOf(plan, months[0] ?? epochMonth)
  }
}

const bankSites: ReadonlySet<string> = new Set([
  "balances",
  "customers",
  "contact",
  "permissions",
  "date",
  "row"
])
const carrierSites: ReadonlySet<string> = new Set(["message", "receipt", "lookup", "receipts"])

type Fault = SimulationPlan["faults"][number]

const isBankFault = (fault: Fault): fault is SandboxBank.BankOptions["script"][number] =>
  bankSites.has(fault.on)

const isCarrierFault = (fault: Fault): fault is SandboxCarrier.CarrierOptions["script"][number] =>
  carrierSites.has(fault.on)

const keyWindowMs = ({ keyWindowMs: given }: SimulationPlan): number =>
  given ?? SandboxCarrier.defaults.keyWindowMs

/** The sandbox carrier of a plan. */
export const carrierOptions = (plan: SimulationPlan): SandboxCarrier.CarrierOptions => ({
  ...SandboxCarrier.defaults,
  seed: plan.seed,
  keyWindowMs: keyWindowMs(plan),
  script: plan.faults.filter(isCarrierFault)
})

/** The faults of the wire by the request they strike. */
export const wireFaults = (plan: SimulationPlan): ReadonlyMap<number, typeof WireFault.Type> =>
  new Map(plan.faults.flatMap((fault) => (fault.on === "wire" ? [[fault.nth, fault]] : [])))

const capabilitiesOf = (plan: SimulationPlan): CarrierCapabilities => ({
  ...capabilities,
  idempotency: plan.carrierClass.includes("K")
    ? { scope: "message", windowMs: keyWindowMs(plan), stores5xx: false, inProgress: "409" }
    : "none",
  lookup: plan.carrierClass.includes("L")
    ? { by: "clientReference", readAfterWriteMs: plan.indexLagMs ?? 0 }
    : "none",
  validity: plan.carrierClass.includes("V") ? capabilities.validity : "none"
})

const key = Redacted.make(new Uint8Array(32).fill(7))
const named = Effect.succeed({ id: "k1", key })

/** What a process reaches. */
export type Ports = Layer.Success<ReturnType<typeof layerOf>>

/** The ports of one process. */
export const layerOf = (world: World, process: Process.Process) => {
  const { setting, strikes } = world
  const gated = <A, E, R>(
    verb: string,
    call: Effect.Effect<A, E, R>,
    unavailable?: (after: boolean) => E
  ): Effect.Effect<A, E, R> =>
    world.quiet ? call : Process.gate(strikes, process, verb, call, unavailable)
  const detail = "simulated"
  const noBalances = () => new ClosingBalancesError({ reason: "Unavailable", detail })
  const noCustomers = () => new CustomersError({ reason: "Unavailable", detail })
  const noCarrier = () => new SmsCarrierError({ reason: "Unavailable", code: detail })
  const noSecrets = () => new SecretsError({ reason: "Unavailable", detail })
  const noEvents = () => new EventPublisherError({ reason: "Unavailable", detail })
  const noOperations = () => new OperationsError({ reason: "Unavailable", detail })
  const balances = balancesOf(world)
  const customers = customersOf(world)
  const carrier = carrierOf(world.wire)
  const sms = world.rules === undefined ? carrier : misreading(carrier, world.rules)
  const ports = Layer.mergeAll(
    Layer.succeed(ProgramStore, storeOf(world, gated)),
    Layer.succeed(ClosingBalances, {
      page: (date, cursor) => {
        world.askedDates.add(date)
        return gated("bank.page", balances.page(date, cursor), noBalances)
      }
    }),
    Layer.succeed(Customers, {
      active: (month, cursor) =>
        gated("customers.active", customers.active(month, cursor), noCustomers),
      contact: (ids) => gated("customers.contact", customers.contact(ids), noCustomers),
      mayContact: (ids) => gated("customers.mayContact", customers.mayContact(ids), noCustomers)
    }),
    Layer.succeed(SmsCarrier, {
      ...sms,
      // A submission cannot fail: what nobody knows is an outcome of its own.
      submit: (messages) => gated("carrier.submit", sms.submit(messages)),
      lookup: (references) => gated("carrier.lookup", sms.lookup(references), noCarrier),
      pollReceipts: (references) =>
        gated("carrier.pollReceipts", sms.pollReceipts(references), noCarrier)
    }),
    Layer.succeed(Secrets, {
      clientReferenceKey: () => gated("secrets.clientReferenceKey", named, noSecrets),
      dataKey: () => named
    }),
    Layer.succeed(EventPublisher, {
      publish: () => gated("events.publish", Effect.void, noEvents)
    }),
    Layer.succeed(Operations, {
      notify: () => gated("operations.notify", Effect.void, noOperations)
    }),
    Surveys.layer,
    Layer.succeed(Program, {
      name: program,
      environment: "simulation",
      zone,
      worker: process.name,
      batch,
      policyFor: () => setting.policy
    })
  )
  return Layer.provideMerge(LedgerHistory.layer, ports)
}

type Gated = <A, E, R>(
  verb: string,
  call: Effect.Effect<A, E, R>,
  unavailable?: (after: boolean) => E
) => Effect.Effect<A, E, R>

/** Only the customers a shrunk plan keeps; the bank's totals would then be those of others. */
const balancesOf = ({ plan, setting, time }: World): (typeof ClosingBalances)["Service"] => {
  const balances = ClosingBalancesMemory.of(setting.bank, time.nowMs)
  if (plan.only === undefined) return balances
  const kept = new Set(
    plan.only.flatMap((index) => [SandboxBank.accountId(index, 1), SandboxBank.accountId(index, 2)])
  )
  return {
    page: (date, cursor) =>
      Effect.map(balances.page(date, cursor), (page) => ({
        ...page,
        balances: page.balances.filter(({ accountId }) => kept.has(accountId)),
        problems: page.problems.filter(({ accountId }) => kept.has(accountId ?? "")),
        controlTotals: null
      }))
  }
}

const customersOf = ({ plan, setting }: World): (typeof Customers)["Service"] => {
  const customers = CustomersMemory.of(setting.bank)
  if (plan.only === undefined) return customers
  const kept = new Set(plan.only.map((index) => SandboxBank.customerId(index)))
  return {
    ...customers,
    active: (month, cursor) =>
      Effect.map(customers.active(month, cursor), (page) => ({
        ...page,
        customers: page.customers.filter(({ customerId }) => kept.has(customerId))
      }))
  }
}

const failed = (after: boolean) =>
  new ProgramStoreError({ reason: after ? "CommitUnknown" : "Unavailable", detail: "simulated" })

/** The store as a process reaches it. All clocks of a run agree, so the store reads the caller's. */
const storeOf = (world: World, gated: Gated): ProgramStoreVerbs => {
  const known = new Map<string, unknown>()
  return new Proxy(world.verbs, {
    get: (target, name) => {
      if (typeof name !== "string") return Reflect.get(target, name)
      const made = known.get(name) ?? gatedVerb(target, name, gated)
      known.set(name, made)
      return made
    }
  })
}

const gatedVerb = (verbs: ProgramStoreVerbs, name: string, gated: Gated): unknown => {
  const verb: unknown = Reflect.get(verbs, name)
  if (typeof verb !== "function") return verb
  return (input: unknown) => {
    const call: unknown = Reflect.apply(verb, verbs, [input])
    return Effect.isEffect(call) ? gated(`store.${name}`, call, failed) : call
  }
}
