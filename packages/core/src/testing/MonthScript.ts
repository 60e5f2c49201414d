/**
 * A month told in three steps, for the tests of a host or an adapter: *given* these customers and
 * balances, *when* the program ticks to an instant, *then* these dispositions. The whole program
 * runs, on the memory store, before the sandbox carrier.
 *
 * Any port may be replaced by the one under test, or wrapped by `Faults.host`:
 * `given({ …, replace: ({ carrier }) => ({ carrier: Faults.host(carrier, …) }) })`.
 *
 * **Source** — architecture, Embedding; design, Dispositions.
 */
import * as Effect from "effect/Effect"
import * as BankCalendar from "../calendar/BankCalendar.ts"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as Instant from "../calendar/Instant.ts"
import type {
  HostBalances,
  HostCarrier,
  HostCustomers,
  HostPermission
} from "../embed/HostPorts.ts"
import { instantMs } from "../embed/Instants.ts"
import { memory } from "../embed/MemoryStore.ts"
import type { PolicyObject } from "../embed/PolicyObject.ts"
import { Tidemark } from "../embed/Tidemark.ts"
import type { OpenOptions } from "../embed/TidemarkTypes.ts"
import type { Dispositions } from "../report/Dispositions.ts"
import * as SandboxHost from "./SandboxHost.ts"
import type { CarrierScript } from "./SandboxScript.ts"

/**
 * One customer of the month.
 *
 * - `balance`: decimal text, the closing balance of every day that `except` does not name
 * - `except`: another balance by date (`YYYY-MM-DD`); `null`: the bank says nothing of that day
 * - `mayContact`: the bank's answer before each submission; default yes
 */
export interface GivenCustomer {
  readonly customerId: string
  readonly phone: string | null
  readonly balance: string
  readonly except?: Readonly<Record<string, string | null>>
  readonly firstName?: string | null
  readonly language?: string | null
  readonly openedOn?: string | null
  readonly closedOn?: string | null
  readonly mayContact?:
    | { readonly mayContact: true; readonly consentKnown?: boolean }
    | {
        readonly mayContact: false
        readonly kind?: "suppressed" | "excluded"
        readonly reason: string
      }
}

/**
 * - `policy`: parts that replace the defaults here: service messages, approved automatically
 * - `carrierScript`: faults of the sandbox carrier
 * - `replace`: ports under test in place of those given here, or anything else
 *   `Tidemark.open` takes
 */
export interface Given {
  readonly month: string
  readonly customers: ReadonlyArray<GivenCustomer>
  readonly policy?: Partial<Omit<PolicyObject, "schedule">>
  readonly carrierScript?: CarrierScript
  readonly replace?: (ports: GivenPorts) => Partial<OpenOptions>
}

/** The bank of the customers given, and the sandbox carrier. */
export interface GivenPorts {
  readonly balances: HostBalances
  readonly customers: HostCustomers
  readonly carrier: HostCarrier
}

/** A month under way. */
export interface ScriptedMonth {
  readonly tidemark: Tidemark
  /** Ticks whenever something is due until then, ISO 8601 in UTC; never back in time. */
  readonly ticksTo: (instant: string) => Promise<void>
  /** Where every customer of the month counts now. */
  readonly dispositions: () => Promise<Dispositions>
  /** What the carrier was given, message by message. */
  readonly submitted: () => ReadonlyArray<{ readonly to: string; readonly text: string }>
  /** Messages the carrier sent twice: what must stay 0 whatever went wrong. */
  readonly duplicates: () => number
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** Automatic approval, and the process-time constants of a carrier that is only memory. */
const policy: Omit<PolicyObject, "schedule"> = {
  qualification: { approval: "automatic" },
  message: { messageClass: "service", sender: { id: "Tidemark", canReceiveReplies: false } },
  delivery: { leaseMs: 30_000, requestDeadlineMs: 600, marginMs: 1000, networkLifetimeMs: 200 }
}

/** Opens the program in a bank with these customers, at the beginning of the month. */
export const given = async (options: Given): Promise<ScriptedMonth> => {
  const month = CalendarMonth.parse(options.month)
  if (month === undefined) throw new RangeError(`${options.month}: expected a month, YYYY-MM`)
  const first = CalendarMonth.first(month)
  const host = SandboxHost.make({ month, script: options.carrierScript ?? [] })
  const submitted: Array<{ readonly to: string; readonly text: string }> = []
  const ports = {
    balances: balancesOf(options.customers),
    customers: customersOf(options.customers),
    carrier: host.carrier
  }
  const replaced = options.replace?.(ports) ?? {}
  const carrier = replaced.carrier ?? host.carrier
  const tidemark = await Tidemark.open({
    program: "scripted",
    ...ports,
    secrets: { clientReferenceKey: () => new Uint8Array(32).fill(7) },
    store: memory(),
    policy: {
      ...policy,
      schedule: {
        startsOn: BankCalendar.previousBusinessDay(BankCalendar.israel(), first) ?? first
      },
      ...options.policy
    },
    ...replaced,
    carrier: {
      capabilities: carrier.capabilities,
      account: carrier.account,
      sandbox: carrier.sandbox ?? false,
      receipts: (...asked) => carrier.receipts(...asked),
      ...(carrier.lookup === undefined ? {} : { lookup: carrier.lookup }),
      submit: (messages, signal) => {
        submitted.push(...messages.map(({ text, to }) => ({ to, text })))
        return carrier.submit(messages, signal)
      }
    }
  })
  const clock = { now: `${month}-01T06:00:00.000Z` }
  return {
    tidemark,
    ticksTo: (instant) => ticks(tidemark, host, clock, instant),
    dispositions: async () =>
      (await tidemark.report(month, { now: clock.now })).delivery.dispositions,
    submitted: () => submitted,
    duplicates: () => host.audit().duplicates,
    [Symbol.asyncDispose]: () => tidemark.close()
  }
}

/** A month takes far fewer; more would be a livelock, and a test must say so. */
const mostJumps = 10_000

const ticks = async (
  tidemark: Tidemark,
  host: SandboxHost.SandboxHost,
  clock: { now: string },
  instant: string
): Promise<void> => {
  const untilMs = instantMs(instant, "instant")
  for (let jump = 0; jump < mostJumps; jump++) {
    host.tell(clock.now)
    const { done, more, nextWakeAt, recheck } = await tidemark.tick({ now: clock.now })
    if (done.length > 0 || more) continue
    const nowMs = instantMs(clock.now, "now")
    if (nowMs >= untilMs && !recheck) return
    // A settle delay hangs on real time, and what outlives it on business time too: go slowly.
    if (recheck) await Effect.runPromise(Effect.sleep("50 millis"))
    const wakeMs = instantMs(nextWakeAt, "nextWakeAt")
    const nextMs = recheck ? Math.min(wakeMs, nowMs + 600_000) : wakeMs
    clock.now = Instant.toIso(Math.max(nowMs, Math.min(nextMs, untilMs)))
  }
  throw new Error(`${instant} is never reached: something is due over and over`)
}

const accountOf = (customerId: string): string => `${customerId}-account`

const balancesOf = (customers: ReadonlyArray<GivenCustomer>): HostBalances => ({
  page: (date) => ({
    balances: customers.flatMap(({ balance, customerId, except, openedOn, closedOn }) => {
      const day = BusinessDate.unchecked(date)
      const there = (openedOn == null || openedOn <= day) && (closedOn == null || day < closedOn)
      const amount = except?.[date] === undefined ? balance : except[date]
      return there && amount !== null ? [{ accountId: accountOf(customerId), amount }] : []
    })
  })
})

const customersOf = (customers: ReadonlyArray<GivenCustomer>): HostCustomers => {
  const sorted = customers.toSorted((a, b) => (a.customerId < b.customerId ? -1 : 1))
  const among = (ids: ReadonlyArray<string>) =>
    sorted.filter(({ customerId }) => ids.includes(customerId))
  return {
    active: () => ({
      customers: sorted.map(({ closedOn, customerId, openedOn }) => ({
        customerId,
        accounts: [{ accountId: accountOf(customerId), primary: true, openedOn, closedOn }]
      }))
    }),
    contact: (ids) =>
      among(ids).map(({ customerId, firstName, language, phone }) => {
        return { customerId, phone, firstName, language }
      }),
    mayContact: (ids) =>
      among(ids).map(({ customerId, mayContact }): HostPermission =>
        Object.assign({ customerId }, mayContact ?? { mayContact: true as const })
      )
  }
}
