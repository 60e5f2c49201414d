/**
 * Turns what the carrier and the connection say into the words of the port. Nothing else in this
 * package decides what a status, a code or an error means.
 *
 * **Source** — delivery protocol part 1 and 1.5; original architecture §3.4;
 * docs/reference/carrier-rest.md.
 */
import { Failure } from "@tidemark/core/rules/delivery"
import { SmsCarrierError } from "@tidemark/core/effect"
import type * as Client from "./Client.ts"

/** Codes of the default contract; a carrier's own are added in front by its profile. */
export const codes: Failure.CodeTable = {
  INVALID_NUMBER: ["InvalidNumber", "permanent"],
  UNKNOWN_SUBSCRIBER: ["InvalidNumber", "permanent"],
  NOT_MOBILE: ["InvalidNumber", "permanent"],
  ABSENT_SUBSCRIBER: ["Undeliverable", "retry"],
  MEMORY_FULL: ["Undeliverable", "retry"],
  BUSY: ["Undeliverable", "retry"],
  BLOCKED: ["Undeliverable", "permanent"],
  PART_FAILED: ["Undeliverable", "permanent"],
  VALIDITY_EXPIRED: ["Timeout", "retry"],
  NO_CREDIT: ["QuotaExceeded", "fix"],
  QUOTA_EXCEEDED: ["QuotaExceeded", "retry"],
  SENDER_NOT_ALLOWED: ["ProviderError", "fix"],
  BAD_TEXT: ["ProviderError", "fix"],
  SYSTEM_ERROR: ["ProviderError", "retry"]
}

/** A refusal whose code nobody knows: somebody has to look at it. */
export const refusal = (code: string): Failure.Failure =>
  Failure.read(codes, code, ["ProviderError", "fix"])

/**
 * The failure in a receipt; `null` for a state that is none.
 *
 * **Outcomes** — a known code as the table says; without one: `expired` is Timeout and may be tried
 * again, `failed` and `rejected` are Undeliverable for good.
 */
export const receiptFailure = (state: string, code: string | null): Failure.Failure | null => {
  switch (state) {
    case "expired":
      return Failure.read(codes, code ?? "VALIDITY_EXPIRED", ["Timeout", "retry"])
    case "failed":
      return Failure.read(codes, code ?? "UNDELIVERABLE", ["Undeliverable", "permanent"])
    case "rejected":
      return Failure.read(codes, code ?? "REJECTED", ["Undeliverable", "permanent"])
    default:
      return null
  }
}

/**
 * How long the carrier asked us to wait: seconds or an HTTP date, cut to `most`; `null` for no
 * header or one that says nothing.
 *
 * **Source** — RFC 9110 section 10.2.3.
 */
export const retryAfterMs = (header: string | null, nowMs: number, most: number): number | null => {
  if (header === null) return null
  const text = header.trim()
  if (/^[0-9]+$/.test(text)) return Math.min(Number(text) * 1000, most)
  if (!/^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$/.test(text)) return null
  const atMs = Date.parse(text)
  return Number.isNaN(atMs) ? null : Math.min(Math.max(0, atMs - nowMs), most)
}

/** A short stable code for what happened to a request, without anything of its content. */
export const causeCode = (cause: Client.WireCause): string => {
  switch (cause._tag) {
    case "DeadlinePassed":
      return "DEADLINE_PASSED"
    case "TimedOut":
      return "TIMEOUT"
    case "TooLarge":
      return "ANSWER_TOO_LARGE"
    case "Failed":
      return errorCode(cause.error)
  }
}

const errorCode = (error: unknown): string => {
  if (typeof error === "object" && error !== null && "code" in error) {
    if (typeof error.code === "string" && /^[A-Z][A-Z0-9_]{1,63}$/.test(error.code)) {
      return error.code
    }
  }
  return "CONNECTION_FAILED"
}

/** What a read (look-up, poll) failed with. */
export const readError = (
  evidence: Client.Evidence,
  nowMs: number,
  mostRetryAfterMs: number
): SmsCarrierError => {
  if (evidence._tag !== "Answered") {
    const timedOut = evidence.cause._tag === "TimedOut"
    const { cause } = evidence
    return new SmsCarrierError({
      reason: timedOut ? "Timeout" : "Unavailable",
      code: causeCode(cause),
      ...(cause._tag === "Failed" ? { cause: cause.error } : {})
    })
  }
  const { status } = evidence
  const code = `HTTP_${status}`
  const wait = retryAfterMs(evidence.retryAfter, nowMs, mostRetryAfterMs)
  const waiting = wait === null ? {} : { retryAfterMs: wait }
  if (status === 429) return new SmsCarrierError({ reason: "Throttled", code, ...waiting })
  if (status === 401 || status === 403) {
    return new SmsCarrierError({ reason: "Unauthorized", code })
  }
  if (status >= 500) return new SmsCarrierError({ reason: "Unavailable", code, ...waiting })
  return new SmsCarrierError({ reason: "Malformed", code })
}

/** A look-up that left a reference out, or said two things of one. */
export const incompleteLookup = (): SmsCarrierError =>
  new SmsCarrierError({ reason: "Malformed", code: "INCOMPLETE_LOOKUP" })
