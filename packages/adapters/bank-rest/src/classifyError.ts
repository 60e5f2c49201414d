/**
 * Turns what the bank and the connection say into the words of the ports.
 *
 * **Source** — fault list, bank feed; docs/reference/bank-rest.md.
 */
import { ClosingBalancesError, CustomersError } from "@tidemark/core/effect"
import type * as Client from "./Client.ts"

/** The reasons both ports share. */
type Reason = "Unavailable" | "Timeout" | "Throttled" | "Unauthorized" | "Malformed"

const read = (
  problem: Client.WireProblem
): { readonly reason: Reason; readonly detail: string } => {
  switch (problem._tag) {
    case "TimedOut":
      return { reason: "Timeout", detail: "no answer in time" }
    case "TooLarge":
      return { reason: "Malformed", detail: "the answer is larger than allowed" }
    case "Failed":
      return { reason: "Unavailable", detail: errorCode(problem.error) }
    case "Status": {
      const { status, code } = problem
      const detail = code === null ? `HTTP ${status}` : `HTTP ${status} ${code}`
      if (status === 401 || status === 403) return { reason: "Unauthorized", detail }
      if (status === 429) return { reason: "Throttled", detail }
      return { reason: status >= 500 ? "Unavailable" : "Malformed", detail }
    }
  }
}

/** The error's code only: its text may repeat what was asked. */
const errorCode = (error: unknown): string =>
  typeof error === "object" &&
  error !== null &&
  "code" in error &&
  typeof error.code === "string" &&
  /^[A-Z][A-Z0-9_]{1,63}$/.test(error.code)
    ? error.code
    : "CONNECTION_FAILED"

const causeOf = (problem: Client.WireProblem) =>
  problem._tag === "Failed" ? { cause: problem.error } : {}

/** 409 `NOT_READY` is no failure of the feed: the bank has not closed its books yet. */
export const closingBalances = (problem: Client.WireProblem): ClosingBalancesError => {
  if (problem._tag === "Status" && problem.status === 409 && problem.code === "NOT_READY") {
    return new ClosingBalancesError({ reason: "NotReady", detail: "the date is not closed yet" })
  }
  return new ClosingBalancesError({ ...read(problem), ...causeOf(problem) })
}

export const customers = (problem: Client.WireProblem): CustomersError =>
  new CustomersError({ ...read(problem), ...causeOf(problem) })

/** An answer that is not as the contract says. */
export const malformedBalances = (detail: string): ClosingBalancesError =>
  new ClosingBalancesError({ reason: "Malformed", detail })

export const malformedCustomers = (detail: string): CustomersError =>
  new CustomersError({ reason: "Malformed", detail })
