/**
 * How a sandbox server ends a request, faults below HTTP among them.
 */

/**
 * - `Answer`: a 2xx with this body, unless it is cut: `unreadable` is a page nobody can parse,
 *   `truncated` is half the body, then the connection is cut
 * - `Status`: another status with a code
 * - `Silence`: the request is read and never answered
 * - `Reset`: the connection is cut without an answer
 */
export type Reply<A> =
  | { readonly _tag: "Answer"; readonly body: A; readonly cut: "no" | "unreadable" | "truncated" }
  | {
      readonly _tag: "Status"
      readonly status: number
      readonly code: string
      readonly retryAfterSeconds: number | null
    }
  | { readonly _tag: "Silence" }
  | { readonly _tag: "Reset" }

/** The whole body. */
export const answer = <A>(body: A): Reply<A> => ({ _tag: "Answer", body, cut: "no" })

/** Another status than success. */
export const status = (
  code: number,
  name: string,
  retryAfterSeconds: number | null = null
): Reply<never> => ({ _tag: "Status", status: code, code: name, retryAfterSeconds })

/** Why a question to the bank has no answer, in the words both of its ports know. */
export type Refusal =
  | "Unavailable"
  | "Timeout"
  | "Throttled"
  | "NotReady"
  | "Unauthorized"
  | "Malformed"

/** The body of a whole answer, or why there is none, with a code that names it. */
export const read = <A>(
  reply: Reply<A>
): { readonly body: A } | { readonly refusal: Refusal; readonly detail: string } => {
  switch (reply._tag) {
    case "Silence":
      return { refusal: "Timeout", detail: "no answer" }
    case "Reset":
      return { refusal: "Unavailable", detail: "reset" }
    case "Answer":
      if (reply.cut === "no") return { body: reply.body }
      return {
        refusal: reply.cut === "truncated" ? "Unavailable" : "Malformed",
        detail: reply.cut
      }
    case "Status":
      return { refusal: refusalOf(reply.status, reply.code), detail: reply.code }
  }
}

const refusalOf = (code: number, name: string): Refusal => {
  if (name === "NOT_READY") return "NotReady"
  if (code === 401) return "Unauthorized"
  if (code === 429) return "Throttled"
  return code >= 500 ? "Unavailable" : "Malformed"
}
