/**
 * The carrier of a run: what it was asked, what it took, what became of it and what it tells. Its
 * log is the truth the auditor judges by.
 *
 * **Source** — delivery protocol 1.5, 2.2, 2.7; fault list 4.2.
 */
import type { CarrierCapabilities } from "../../delivery/CarrierCapabilities.ts"
import type { Failure } from "../../delivery/FailureCategory.ts"
import * as CarrierFates from "./CarrierFates.ts"
import type { Frozen } from "./Sim.ts"
import { strikes, type Strikes } from "./Strikes.ts"

/** A message as it was accepted. */
export interface CarrierMessage {
  readonly reference: number
  readonly id: string
  readonly acceptedMs: number
  readonly to: string
  /** Until then a look-up does not show it. */
  readonly shownMs: number
  readonly fate: CarrierFates.Fate
  /** Bit set of the receipts the program has stored: their digests are known. */
  stored: number
}

/** A request for one message, as it arrived. */
export interface Request {
  readonly frozen: Frozen
  readonly key: number
  readonly validUntilMs: number | null
}

export type Answer =
  | { readonly _tag: "Accepted"; readonly id: string }
  | { readonly _tag: "Refused"; readonly failure: Failure; readonly stored: boolean }
  | { readonly _tag: "Throttled"; readonly retryAfterMs: number; readonly stored: boolean }
  /** Left out of the answer, or answered with two things at once. */
  | { readonly _tag: "Unclear" }

interface Remembered {
  readonly answer: Answer
  readonly atMs: number
}

export interface CarrierBook {
  readonly capabilities: CarrierCapabilities
  readonly skewMs: number
  readonly all: Strikes
  /** Whether it may call a message dead that arrives: only where it can be asked for the truth. */
  readonly lies: boolean
  /** The first acceptance under each reference: what a look-up finds. */
  readonly messages: Map<number, CarrierMessage>
  /** Every acceptance, in order. */
  readonly accepted: Array<CarrierMessage>
  /** Every request, in order. */
  readonly requests: Array<Request>
  readonly keys: Map<number, Remembered>
  /** Told of each acceptance, to bring its receipts. */
  tell: (message: CarrierMessage) => void
}

const hour = 3_600_000

const forGood: Failure = { category: "InvalidNumber", disposition: "permanent", code: "1" }
const forNow: Failure = { category: "Undeliverable", disposition: "retry", code: "2" }
const throttled = { _tag: "Throttled", retryAfterMs: 30_000, stored: false } as const

/** What the carrier answers to a request for one message. */
export const take = (book: CarrierBook, request: Request, nowMs: number): Answer => {
  const { all, capabilities, keys } = book
  book.requests.push(request)
  const { idempotency } = capabilities
  const known = keys.get(request.key)
  if (idempotency !== "none" && known !== undefined && nowMs < known.atMs + idempotency.windowMs) {
    const { answer } = known
    return answer._tag === "Refused" || answer._tag === "Throttled"
      ? { ...answer, stored: true }
      : answer
  }
  if (strikes(all, "omitted before acceptance")) return unclear
  const answer = decide(book, request, nowMs)
  keys.set(request.key, { answer, atMs: nowMs })
  if (answer._tag !== "Accepted") return answer
  const spoilt = strikes(all, "omitted after acceptance") || strikes(all, "answered twice")
  return spoilt ? unclear : answer
}

const unclear: Answer = { _tag: "Unclear" }

const decide = (book: CarrierBook, request: Request, nowMs: number): Answer => {
  const { all } = book
  if (strikes(all, "refused for good")) {
    return { _tag: "Refused", failure: forGood, stored: false }
  }
  if (strikes(all, "refused for now")) return { _tag: "Refused", failure: forNow, stored: false }
  if (strikes(all, "message throttled")) return throttled
  return { _tag: "Accepted", id: accept(book, request, nowMs).id }
}

const accept = (book: CarrierBook, request: Request, nowMs: number): CarrierMessage => {
  const { all, capabilities, skewMs } = book
  const { frozen, validUntilMs } = request
  const { reference, to } = frozen
  // The carrier reads validity off its own clock.
  const endMs = validUntilMs === null ? nowMs + 48 * hour : validUntilMs - skewMs
  const lagMs = capabilities.lookup === "none" ? 0 : capabilities.lookup.readAfterWriteMs
  const message: CarrierMessage = {
    reference,
    id: `m${book.accepted.length}`,
    acceptedMs: nowMs,
    to,
    // The index is slow for every other customer.
    shownMs: nowMs + (Math.floor(reference / 512) % 2 === 0 ? lagMs : 0),
    fate: CarrierFates.draw(all, nowMs, endMs, reference, book.lies),
    stored: 0
  }
  book.accepted.push(message)
  if (!book.messages.has(reference)) book.messages.set(reference, message)
  book.tell(message)
  return message
}

/** What a look-up finds at an instant. */
export const find = (
  book: CarrierBook,
  reference: number,
  nowMs: number
): CarrierMessage | undefined => {
  const message = book.messages.get(reference)
  return message !== undefined && message.shownMs <= nowMs ? message : undefined
}
