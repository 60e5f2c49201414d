/**
 * The rows of the crash matrix, and the end each class must come to.
 *
 * **Source** — delivery protocol 2.6 (Crash matrix), read with the tables of part 1.
 */
import type { CarrierClass } from "./CarrierClass.ts"
import type { Point } from "./Life.ts"

/** What the wire to the carrier does to the first request that takes messages. */
export type WireFault =
  | "hold request"
  | "hold answer"
  | "lose request"
  | "lose answer"
  | "delay answer"
  | "5xx"
  | "throttle"
  | "refuse connection"

export interface Row {
  readonly name: string
  /** The fault's name in the matrix of the model, which has the ends a message may come to. */
  readonly designed: string
  /**
   * Where each process in turn dies; the last one lives. `"wire"`: where the wire holds a request
   * or an answer.
   */
  readonly deaths: ReadonlyArray<Point | "wire">
  /** The first process is not killed but sleeps there until another has done what it can. */
  readonly sleeps: boolean
  readonly wire: WireFault | null
  /** What is certain to have happened at the carrier when the fault is over. */
  readonly taken: "nothing" | "nothing, proven" | "the request"
}

const row = (name: string, designed: string, more: Partial<Row>): Row => ({
  name,
  designed,
  deaths: [],
  sleeps: false,
  wire: null,
  taken: "nothing",
  ...more
})

export const rows: ReadonlyArray<Row> = [
  row("killed after the claim, before the mark", "dies between claim and mark", {
    deaths: ["claimed"],
    taken: "nothing, proven"
  }),
  row("killed after the mark, before the first byte", "dies between mark and first byte", {
    deaths: ["marked"]
  }),
  row("killed with the request under way", "dies while the request is under way", {
    deaths: ["wire"],
    wire: "hold request",
    taken: "the request"
  }),
  row("killed, taken by the carrier, answer unread", "dies while the request is under way", {
    deaths: ["wire"],
    wire: "hold answer",
    taken: "the request"
  }),
  row("killed with the answer read, before it is recorded", "dies before the answer is recorded", {
    deaths: ["answered"],
    taken: "the request"
  }),
  row("request lost", "request lost", { wire: "lose request" }),
  row("answer lost", "answer lost", { wire: "lose answer", taken: "the request" }),
  row("answer after the deadline", "answer slow", { wire: "delay answer", taken: "the request" }),
  row("5xx after acceptance", "5xx after acceptance", { wire: "5xx", taken: "the request" }),
  row("connection refused on the first send", "connect refused", {
    wire: "refuse connection",
    taken: "nothing, proven"
  }),
  row("throttled on the first send", "throttled", { wire: "throttle", taken: "nothing, proven" }),
  row("asleep after the mark until past the lease", "lease over, worker alive", {
    deaths: ["marked"],
    sleeps: true
  }),
  row("killed, then the reconciler killed before it records", "reconciler dies after a death", {
    deaths: ["answered", "decided"],
    taken: "the request"
  }),
  row(
    "asleep with the request under way; it arrives after all is settled",
    "lease over, worker alive",
    {
      deaths: ["wire"],
      sleeps: true,
      wire: "hold request",
      taken: "nothing"
    }
  )
]

/** The one row that holds a request longer than any pause the settle delay allows for. */
export const isUnbounded = ({ sleeps, wire }: Row): boolean => sleeps && wire !== null

/**
 * The end of a message with the number of messages a carrier of the class has taken that could
 * reach the telephone.
 *
 * **Outcomes, first match wins**
 * 1. proven that nothing was taken, or there is somebody to ask, or the key still holds: delivered
 *    once; with look-up alone a request that arrives after all was settled is a second message
 * 2. nobody can say: escalated, with what the carrier really took
 */
export const expected = (line: Row, carrierClass: CarrierClass): string => {
  const asks = /^(L|LV|KL|KLV)$/.test(carrierClass)
  const isLate = isUnbounded(line)
  if (isLate && carrierClass === "L") return "delivered/2"
  const keyHolds = carrierClass === "K" || carrierClass === "KV"
  if (line.taken === "nothing, proven" || asks || keyHolds) return "delivered/1"
  return line.taken === "the request" || isLate ? "escalated/1" : "escalated/0"
}
