/**
 * The running hash over a month's decisions in customer order, with the counts and the bank's
 * cursor: the text a qualification run keeps, so that a worker who takes over goes on with it.
 *
 * **Source** — product rules, Days (approval bound to the content hash); invariant 10.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js"
import type { DecisionRecord } from "../ports/store/Decisions.ts"

export interface DecisionCounts {
  readonly population: number
  readonly qualified: number
  readonly notQualified: number
  readonly undetermined: number
}

export interface QualifyProgress {
  /** Where the next page begins; `null` at the start and after the last page. */
  readonly bankCursor: string | null
  /** Every page is recorded; only the finish is missing. */
  readonly complete: boolean
  readonly hash: string
  readonly counts: DecisionCounts
}

const start: QualifyProgress = {
  bankCursor: null,
  complete: false,
  hash: bytesToHex(sha256(utf8ToBytes("tidemark.decisions.v1"))),
  counts: { population: 0, qualified: 0, notQualified: 0, undetermined: 0 }
}

/**
 * Chains each decision to the ones before: `sha256(previous ‖ customer ‖ 0 ‖ outcome ‖ evidence)`.
 */
export const after = (
  progress: QualifyProgress,
  decisions: ReadonlyArray<DecisionRecord>,
  bankCursor: string | null
): QualifyProgress => {
  let hash = hexToBytes(progress.hash)
  let { notQualified, population, qualified, undetermined } = progress.counts
  for (const decision of decisions) {
    const name = utf8ToBytes(`${decision.customerId}\0${decision.outcome}\0`)
    hash = sha256(concatBytes(hash, name, decision.evidenceHash))
    population++
    if (decision.outcome === "Qualified") qualified++
    else if (decision.outcome === "NotQualified") notQualified++
    else undetermined++
  }
  return {
    bankCursor,
    complete: bankCursor === null,
    hash: bytesToHex(hash),
    counts: { population, qualified, notQualified, undetermined }
  }
}

/** What stands where the bank's cursor goes: nothing yet, the end, or the cursor after `>`. */
const place = ({ bankCursor, complete }: QualifyProgress): string => {
  if (bankCursor !== null) return `>${bankCursor}`
  return complete ? "." : ""
}

/** `hash:population:qualified:notQualified:undetermined:place`; the bank's cursor is opaque. */
export const encode = (progress: QualifyProgress): string => {
  const { notQualified, population, qualified, undetermined } = progress.counts
  const counts = [population, qualified, notQualified, undetermined]
  return [progress.hash, ...counts, place(progress)].join(":")
}

/** The progress written by `encode`; anything else starts the month from its first page. */
export const decode = (text: string | null): QualifyProgress => {
  const match = /^([0-9a-f]{64}):(\d+):(\d+):(\d+):(\d+):(\.|>.*|)$/s.exec(text ?? "")
  const [, hash, population, qualified, notQualified, undetermined, at = ""] = match ?? []
  if (hash === undefined) return start
  return {
    bankCursor: at.startsWith(">") ? at.slice(1) : null,
    complete: at === ".",
    hash,
    counts: {
      population: Number(population),
      qualified: Number(qualified),
      notQualified: Number(notQualified),
      undetermined: Number(undetermined)
    }
  }
}
