/**
 * Everything of a run of the level 1 simulator: plain arrays, maps and one event heap.
 *
 * **Source** — simulation, level 1.
 */
import type { CarrierCapabilities } from "../../delivery/CarrierCapabilities.ts"
import type * as Delivery from "../../delivery/Delivery.ts"
import type { DeliveryPolicy } from "../../delivery/DeliveryPolicy.ts"
import type { Notification } from "../../delivery/Notification.ts"
import type { MessageSet } from "../../message/MessageSet.ts"
import type * as MonthState from "../../qualification/MonthState.ts"
import type { Msisdn } from "../../recipient/Msisdn.ts"
import type { ReceiptReport } from "../../ports/SmsCarrier.ts"
import type { VirtualTime } from "../simulator/VirtualTime.ts"
import type { Books } from "./Books.ts"
import type { CarrierBook } from "./CarrierBook.ts"
import type { Era, Window } from "./Era.ts"
import type { Ledger } from "./Ledger.ts"
import type { Person } from "./People.ts"
import type { SimulatedRules } from "./SimulatedRules.ts"
import type { Strikes } from "./Strikes.ts"

/** What a replay sends again, byte for byte. */
export interface Frozen {
  readonly reference: number
  readonly to: Msisdn
  readonly text: string
  readonly parts: number
}

/** What the store keeps beside an attempt. */
export interface Side {
  fence: number
  leaseUntilMs: number
  frozen: Frozen | null
  pollDueMs: number | null
  /** When the unknown attempt is looked at next; earlier appointments no longer hold. */
  checkMs: number
  /** Receipts stored and not yet folded. */
  unfolded: number
}

/** The one notification of a customer and month. */
export interface Row {
  readonly id: string
  readonly customer: number
  /** Index of the era's months. */
  readonly month: number
  notification: Notification
  readonly sides: Array<Side>
  timerMs: number | null
  /** How often it was written. */
  writes: number
  /** When anything of it was first marked; Infinity before. */
  markedMs: number
}

/** A process; what an earlier epoch of it began is lost. */
export interface Worker {
  readonly name: string
  epoch: number
  alive: boolean
  busy: boolean
}

/** What is decided about a month. */
export interface DecidedMonth {
  state: MonthState.MonthState
  decidedMs: number
  releasedMs: number
  expiryMs: number
  readonly rows: Array<Row>
}

/** An attempt as the queues name it. */
export interface Member {
  readonly row: Row
  readonly n: number
}

/** A request that left a process: the auditor's record. */
export interface Departure {
  readonly atMs: number
  readonly references: ReadonlyArray<number>
}

/** What a change of a row sets going elsewhere. */
export interface Reactions {
  readonly work: (worker: Worker, epoch: number) => void
  readonly fold: (report: ReceiptReport) => void
  readonly poll: (row: Row, n: number, dueMs: number) => void
}

export interface Sim {
  on: Reactions
  readonly seed: number
  readonly era: Era
  readonly rules: SimulatedRules
  readonly all: Strikes
  readonly time: VirtualTime
  readonly people: ReadonlyArray<Person>
  readonly books: Books
  readonly ledger: Ledger
  readonly carrier: CarrierBook
  readonly policy: DeliveryPolicy
  readonly capabilities: CarrierCapabilities
  /** How far the carrier's clock is ahead. */
  readonly skewMs: number
  /** Whether requests keep to the settle delay. */
  readonly bounded: boolean
  readonly batch: number
  readonly messages: MessageSet
  readonly windows: Map<number, Window>
  readonly months: ReadonlyArray<DecidedMonth>
  /** By `month * customers + customer`; `undefined` before the decision. */
  readonly decided: Array<Outcome | undefined>
  readonly firstDecided: Array<Outcome | undefined>
  readonly rows: Array<Row>
  readonly rowOf: Array<Row | undefined>
  /** By customer: when they opted out. */
  readonly optedOutMs: Float64Array
  readonly workers: ReadonlyArray<Worker>
  readonly ready: Array<Member>
  readonly asks: Array<Member>
  readonly byCarrierId: Map<string, Array<Member>>
  readonly orphans: Map<string, Array<ReceiptReport>>
  readonly departures: Array<Departure>
  readonly pauses: Array<{ readonly fromMs: number; readonly untilMs: number }>
  /** The carrier answers 503 until then. */
  downUntilMs: number
  pausedUntilMs: number
  notBeforeMs: number
  fence: number
  wakeMs: number
  hash: number
  hash2: number
}

/** An outcome by its tag. */
export type Outcome = "Qualified" | "NotQualified" | "Undetermined"

/** Mixes a number into the trace: two lanes of 32 bits. */
export const trace = (sim: Sim, value: number): void => {
  const low = value | 0
  const high = (value / 4_294_967_296) | 0
  sim.hash = Math.imul(sim.hash ^ low, 0x01000193) ^ high
  sim.hash2 = Math.imul(((sim.hash2 << 5) | (sim.hash2 >>> 27)) ^ high, 0x9e3779b1) ^ low
}

/** The context of a decision about a row. */
export const contextOf = (sim: Sim, row: Row, nowMs: number): Delivery.DeliveryContext => {
  const qualified = sim.decided[row.month * sim.people.length + row.customer] === "Qualified"
  const optedOut = (sim.optedOutMs[row.customer] ?? Infinity) <= nowMs
  return {
    nowMs,
    clockMs: nowMs,
    policy: sim.policy,
    capabilities: sim.capabilities,
    carrierSkewMs: sim.skewMs,
    standing:
      qualified && !optedOut
        ? undefined
        : {
            withdrawnReason: qualified ? null : "NOT_QUALIFIED",
            suppressedReason: optedOut ? "OPTED_OUT" : null
          }
  }
}
