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
