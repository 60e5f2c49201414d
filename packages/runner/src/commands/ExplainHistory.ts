/**
 * What happened to one customer's month, in the order it happened: the decision, attempts, what
 * the carrier reported, escalations.
 */
import type { CustomerMonth } from "@tidemark/core/effect"
import type { Failure } from "@tidemark/core/rules/delivery"

/** One thing that happened at an instant of business time. */
export type Happening = { readonly atMs: number } & (
  | { readonly event: "decided"; readonly revision: number }
  | { readonly event: "submitted"; readonly attempt: number }
  | {
      readonly event: "receipt"
      readonly attempt: number
      readonly state: string
      readonly part: number
      readonly via: string
      readonly failure: Failure.Failure | null
    }
  | {
      readonly event: "refused"
      readonly attempt: number
      readonly failure: Failure.Failure | null
    }
  | { readonly event: "provenNotSent"; readonly attempt: number }
  | { readonly event: "escalated" | "resolved"; readonly cause: string }
)

/** Oldest first; of one instant, causes before what followed them. */
export const of = (known: CustomerMonth): ReadonlyArray<Happening> => {
  const found: Array<Happening> = []
  if (known.decidedMs !== null) {
    found.push({ atMs: known.decidedMs, event: "decided", revision: known.revision })
  }
  for (const { failure, firstMarkMs, n, negativeMs, state } of known.notification?.notification
    .attempts ?? []) {
    if (firstMarkMs !== null) found.push({ atMs: firstMarkMs, event: "submitted", attempt: n })
    if (negativeMs === null) continue
    if (state === "refused") found.push({ atMs: negativeMs, event: "refused", attempt: n, failure })
    if (state === "void") found.push({ atMs: negativeMs, event: "provenNotSent", attempt: n })
  }
  for (const { failure, n, part, receivedMs, state, via } of known.receipts) {
    found.push({ atMs: receivedMs, event: "receipt", attempt: n, state, part, via, failure })
  }
  for (const { cause, raisedMs, resolvedMs } of known.escalations) {
    found.push({ atMs: raisedMs, event: "escalated", cause })
    if (resolvedMs !== null) found.push({ atMs: resolvedMs, event: "resolved", cause })
  }
  return found.toSorted((one, other) => one.atMs - other.atMs)
}

/** One happening in words. */
export const toText = (happening: Happening): string => {
  switch (happening.event) {
    case "decided":
      return happening.revision === 1
        ? "the month was decided"
        : `the month was decided again (revision ${happening.revision})`
    case "submitted":
      return `attempt ${happening.attempt} given to the carrier`
    case "receipt":
      return (
        `the carrier reports attempt ${happening.attempt} ${happening.state}` +
        (happening.part > 1 ? `, part ${happening.part}` : "") +
        failureText(happening.failure)
      )
    case "refused":
      return `the carrier refused attempt ${happening.attempt}${failureText(happening.failure)}`
    case "provenNotSent":
      return `attempt ${happening.attempt} never reached the carrier`
    case "escalated":
      if (happening.cause === "CORRECTION_OBSERVED") {
        return "a correction after the submission would change the decision, which stands"
      }
      return `given to people to decide: ${happening.cause}`
    case "resolved":
      return `decided by people: ${happening.cause}`
  }
}

const failureText = (failure: Failure.Failure | null): string =>
  failure === null ? "" : `: ${failure.category} (${failure.code})`
