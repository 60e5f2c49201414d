/**
 * What an answer proves about each message of a batch: matched by reference, never by position, and
 * always one outcome per message.
 *
 * **Source** — delivery protocol 1.1, 1.5, 2.7; invariant 29.
 */
import type { LookupAnswer, SubmissionOutcome } from "@tidemark/core/effect"
import type * as Client from "./Client.ts"
import * as Receipts from "./Receipts.ts"
import * as Wire from "./Wire.ts"
import * as classifyError from "./classifyError.ts"

export interface Reading {
  /** Statuses the carrier documents as "nothing was accepted". */
  readonly notSentProof: ReadonlyArray<string>
  readonly nowMs: number
  readonly mostRetryAfterMs: number
}

export interface Outcomes {
  readonly outcomes: ReadonlyArray<SubmissionOutcome>
  /** Results about references that were not in the batch, or that nobody can read. */
  readonly foreign: number
}

/**
 * The outcomes of a request.
 *
 * **Outcomes, first match wins**
 * 1. no byte left — all `NotSent`
 * 2. no whole answer — all `Unknown`
 * 3. 202 — per message by its result; without one `Unknown`; 2xx nobody can read — all `Unknown`
 * 4. a status documented as proof — all `NotSent`
 * 5. any other status, redirects, 409, 422 and 5xx among them — all `Unknown`
 */
export const fromEvidence = (
  evidence: Client.Evidence,
  references: ReadonlyArray<string>,
  reading: Reading
): Outcomes => {
  switch (evidence._tag) {
    case "NotWritten":
      return allNotSent(references, classifyError.causeCode(evidence.cause), null)
    case "Lost":
      return allUnknown(references, classifyError.causeCode(evidence.cause))
    case "Answered": {
      const { status } = evidence
      const code = `HTTP_${status}`
      if (status === 202) {
        const results = Wire.results(evidence.text)
        if (results === undefined) return allUnknown(references, "UNREADABLE_ANSWER")
        return fromResults(results, references, reading)
      }
      if (!reading.notSentProof.includes(String(status))) return allUnknown(references, code)
      const { nowMs, mostRetryAfterMs } = reading
      const wait = classifyError.retryAfterMs(evidence.retryAfter, nowMs, mostRetryAfterMs)
      return allNotSent(references, code, wait)
    }
  }
}

const allUnknown = (references: ReadonlyArray<string>, code: string): Outcomes => ({
  outcomes: references.map((reference) => ({ _tag: "Unknown", reference, code })),
  foreign: 0
})

const allNotSent = (
  references: ReadonlyArray<string>,
  code: string,
  retryAfterMs: number | null
): Outcomes => ({
  outcomes: references.map((reference) => ({
    _tag: "NotSent",
    reference,
    code,
    retryAfterMs,
    stored: false
  })),
  foreign: 0
})

const fromResults = (
  results: ReadonlyArray<Wire.Result | undefined>,
  references: ReadonlyArray<string>,
  reading: Reading
): Outcomes => {
  const asked = new Set(references)
  const byReference = new Map<string, Wire.Result | "contradiction">()
  let foreign = 0
  for (const result of results) {
    if (result === undefined || !asked.has(result.reference)) {
      foreign++
      continue
    }
    const before = byReference.get(result.reference)
    const agrees = before === undefined || (before !== "contradiction" && isSame(before, result))
    byReference.set(result.reference, agrees ? result : "contradiction")
  }
  return {
    outcomes: references.map((reference) =>
      fromResult(reference, byReference.get(reference), reading)
    ),
    foreign
  }
}

/** Two results say the same where all fields are equal; decoding has put them in one order. */
const isSame = (left: Wire.Result, right: Wire.Result): boolean =>
  JSON.stringify(left) === JSON.stringify(right)

const fromResult = (
  reference: string,
  result: Wire.Result | "contradiction" | undefined,
  reading: Reading
): SubmissionOutcome => {
  if (result === undefined) return { _tag: "Unknown", reference, code: "MISSING_RESULT" }
  if (result === "contradiction") return { _tag: "Unknown", reference, code: "CONTRADICTION" }
  switch (result.status) {
    case "accepted":
      return { _tag: "Accepted", reference, carrierMessageId: result.id }
    case "refused": {
      const failure = classifyError.refusal(result.code)
      return { _tag: "Refused", reference, failure, stored: result.replayed }
    }
    case "throttled":
      return {
        _tag: "NotSent",
        reference,
        code: "THROTTLED",
        retryAfterMs: waitMs(result.retryAfterSeconds, reading.mostRetryAfterMs),
        stored: result.replayed
      }
    case "inProgress":
      return { _tag: "Unknown", reference, code: "IN_PROGRESS" }
    case "mismatch":
      return { _tag: "Unknown", reference, code: "KEY_MISMATCH", keyLost: true }
  }
}

const waitMs = (seconds: number | null, most: number): number | null =>
  seconds === null || !(seconds >= 0) ? null : Math.min(Math.ceil(seconds * 1000), most)

/**
 * One answer per reference, or `undefined` where the carrier left one out or said two things: then
 * nothing is proven.
 */
export const fromFound = (
  found: ReadonlyArray<Wire.Found>,
  references: ReadonlyArray<string>
): ReadonlyArray<LookupAnswer> | undefined => {
  const byReference = new Map<string, Wire.Found>()
  for (const message of found) {
    const before = byReference.get(message.reference)
    if (before !== undefined && before.found !== message.found) return undefined
    byReference.set(message.reference, message)
  }
  const answers: Array<LookupAnswer> = []
  for (const reference of references) {
    const message = byReference.get(reference)
    if (message === undefined) return undefined
    if (!message.found) {
      answers.push({ _tag: "NotFound", reference })
      continue
    }
    const report = message.receipt === null ? null : Receipts.report(message.receipt)
    answers.push({ _tag: "Found", reference, carrierMessageId: message.id, report })
  }
  return answers
}
