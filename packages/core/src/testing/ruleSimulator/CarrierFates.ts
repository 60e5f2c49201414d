/**
 * What becomes of an accepted message, and the receipts that tell of it.
 *
 * **Source** — delivery protocol 1.3; fault C12.
 */
import type { Failure } from "../../delivery/FailureCategory.ts"
import type { ReceiptState } from "../../delivery/Receipt.ts"
import * as Seeded from "../Seeded.ts"
import { spread, strikes, type Strikes } from "./Strikes.ts"

/** A receipt to come. */
export interface Told {
  readonly atMs: number
  readonly state: ReceiptState
  readonly part: number
  readonly parts: number | null
  readonly failure: Failure | null
}

export interface Fate {
  /** When all of it is in the customer's hand; `null`: it never is. */
  readonly deliveredMs: number | null
  /** From when on nothing of it can arrive any more; Infinity when something has or may. */
  readonly deadMs: number
  readonly told: ReadonlyArray<Told>
  /** Whether its receipts are pushed for certain. */
  readonly heard: boolean
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute

const absent: Failure = { category: "Undeliverable", disposition: "retry", code: "27" }
const gone: Failure = { category: "InvalidNumber", disposition: "permanent", code: "1" }

const tell = (atMs: number, state: ReceiptState, failure: Failure | null = null): Told => ({
  atMs,
  state,
  part: 1,
  parts: null,
  failure
})

const part = (one: Told, number: number): Told => ({ ...one, part: number, parts: 2 })

const died = (deadMs: number, told: ReadonlyArray<Told>): Fate => ({
  deliveredMs: null,
  deadMs,
  told,
  heard: false
})

/**
 * The fate of a message accepted now whose validity is over at `endMs`, by the world's clock.
 *
 * **Outcomes, first match wins**
 * 1. dead on arrival, its validity being over
 * 2. the fault that strikes; nothing arrives after the validity
 * 3. on its way, then delivered
 */
export const draw = (
  all: Strikes,
  nowMs: number,
  endMs: number,
  reference: number,
  lies: boolean
): Fate => {
  if (endMs <= nowMs) return died(nowMs, [tell(nowMs, "expired")])
  const pace = Seeded.below(10 * minute, Seeded.site(all.seed, "pace"), reference)
  const atMs = nowMs + 5 * second + pace
  const enroute = tell(nowMs + 2 * second, "enroute")
  const overMs = Math.min(nowMs + 2 * hour, endMs)
  if (strikes(all, "absent subscriber")) return died(overMs, [tell(overMs, "failed", absent)])
  if (strikes(all, "failed for good")) {
    const failedMs = Math.min(nowMs + 30 * second, endMs)
    return died(failedMs, [tell(failedMs, "failed", gone)])
  }
  if (strikes(all, "rejected later")) {
    const failedMs = Math.min(nowMs + 10 * second, endMs)
    return died(failedMs, [tell(failedMs, "rejected")])
  }
  if (strikes(all, "no receipt, lost")) return died(endMs, [])
  if (atMs >= endMs || strikes(all, "validity over")) {
    return died(endMs, [enroute, tell(endMs, "expired")])
  }
  if (strikes(all, "part failed")) {
    const delivered = part(tell(atMs, "delivered"), 1)
    // Something has arrived, so nothing more may be sent; but not all of it.
    const told = [delivered, part(tell(atMs, "failed"), 2)]
    return { deliveredMs: null, deadMs: Infinity, told, heard: !lies }
  }
  const told = receiptsOfArrival(all, atMs, enroute, lies)
  // Where nobody can be asked, a contradiction whose better half is never heard is a lie.
  const heard = !lies && told.some(({ state }) => state === "failed")
  return { deliveredMs: atMs, deadMs: Infinity, told, heard }
}

const receiptsOfArrival = (
  all: Strikes,
  atMs: number,
  enroute: Told,
  lies: boolean
): ReadonlyArray<Told> => {
  const delivered = tell(atMs, "delivered")
  if (strikes(all, "no receipt, arrived")) return []
  if (strikes(all, "state unknown")) return [enroute, tell(atMs, "unknown")]
  if (strikes(all, "receipt twice")) return [enroute, enroute, delivered, delivered]
  if (strikes(all, "receipt late")) {
    return [enroute, { ...delivered, atMs: atMs + spread(all, "receipt late", 100) * hour }]
  }
  if (strikes(all, "receipts out of order")) {
    return [delivered, { ...enroute, atMs: atMs + second }]
  }
  if (strikes(all, "receipts contradict")) {
    return [delivered, tell(atMs + minute, "failed", absent)]
  }
  if (lies && strikes(all, "called dead, arrived")) {
    const toldMs = atMs + spread(all, "called dead, arrived", 40) * hour
    return [tell(atMs + second, "failed", absent), { ...delivered, atMs: toldMs }]
  }
  return [enroute, delivered]
}
