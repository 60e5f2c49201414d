/**
 * Judges a month by the carrier's own log, and by the same month undisturbed.
 *
 * **Source** — invariants 14, 18–22, 34 of the delivery protocol.
 */
import * as CarrierTruth from "../process/CarrierTruth.ts"
import type { Figures } from "../process/Figures.ts"

export type Dispositions = Omit<Figures, "accepted" | "duplicates">

export interface Verdict {
  readonly accepted: number
  readonly duplicates: number
  readonly lost: number
  readonly stuck: number
  /** Everything that is wrong, in words; none in a good month. */
  readonly problems: ReadonlyArray<string>
}

/** What no death of a runner and no fault of a carrier may move. */
const decidedByTheBank = [
  "population",
  "qualified",
  "notQualified",
  "undetermined",
  "unreachable",
  "excluded",
  "suppressed",
  "unrenderable"
] as const

const ends = [
  "unreachable",
  "excluded",
  "unrenderable",
  "suppressed",
  "expired",
  "delivered",
  "failed",
  "undeliverable",
  "escalated",
  "pending"
] as const

const sum = (figures: Dispositions): number => ends.reduce((total, end) => total + figures[end], 0)

/**
 * Judges a month that has closed (`figures` of its final report) or not (`null`); `calm` has the
 * figures of the same bank undisturbed.
 *
 * **Outcomes** — `duplicates` as the carrier's log counts them; `lost`: customers whose decision
 * differs from the calm month, who are in no end, or whose delivery nobody was told; `stuck`:
 * messages still open in a closed month, or everybody where it never closed
 */
export const of = (
  log: string,
  figures: Dispositions | null,
  calm: Dispositions | null
): Verdict => {
  const truth = CarrierTruth.read(log)
  const problems: Array<string> = []
  const { accepted, duplicates, overlapping, repeated } = truth.audit
  for (const { reference, times } of repeated) problems.push(`${reference} accepted ${times} times`)
  for (const { earlier, reference } of overlapping) {
    problems.push(`${reference} accepted while ${earlier} could arrive`)
  }
  if (!truth.timeGoesForward) problems.push("business time went back at the carrier")
  if (figures === null) {
    const stuck = calm?.population ?? 1
    return { accepted, duplicates, lost: 0, stuck, problems: [...problems, "never closed"] }
  }
  let lost = Math.abs(figures.qualified - sum(figures))
  if (lost > 0) problems.push(`${lost} qualified customers in no end, or in two`)
  const moved = calm === null ? [] : decidedByTheBank.filter((name) => figures[name] !== calm[name])
  for (const name of moved) {
    lost += Math.abs(figures[name] - (calm?.[name] ?? 0))
    problems.push(`${name}: ${figures[name]}, undisturbed ${calm?.[name] ?? 0}`)
  }
  const untold = truth.delivered - figures.delivered
  if (untold !== 0) {
    lost += Math.abs(untold)
    const told = ends.filter((end) => figures[end] > 0).map((end) => `${figures[end]} ${end}`)
    problems.push(`the carrier delivered ${truth.delivered}, told are ${told.join(", ")}`)
  }
  if (figures.pending > 0) problems.push(`${figures.pending} messages still open`)
  return { accepted, duplicates, lost, stuck: figures.pending, problems }
}
