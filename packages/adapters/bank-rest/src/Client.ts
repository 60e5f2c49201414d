/**
 * The wire of a REST bank: requests, time limits, and retries of what is safe to ask again.
 *
 * **Guarantee** — an answer is whole or a problem; only GETs are asked again, with exponential
 * pauses and jitter, and never after an answer that asking again cannot change.
 *
 * **Source** — fault list, bank feed B1, B2.
 */
import { Pool } from "undici"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"

/** What the wire needs to know. */
export interface ClientOptions {
  readonly url: string
  readonly token: Redacted.Redacted | null
  readonly requestTimeoutMs: number
  readonly connections: number
  readonly mostAnswerBytes: number
  readonly retries: number
  readonly retryDelayMs: number
}

/** Why there is no answer to read. `code` is the one in the body of an error answer, if any. */
export type WireProblem =
  | { readonly _tag: "Status"; readonly status: number; readonly code: string | null }
  | { readonly _tag: "TimedOut" }
  | { readonly _tag: "TooLarge" }
  | { readonly _tag: "Failed"; readonly error: unknown }

export interface Client {
  /** Asked again after connection errors, time-outs, 429 and 5xx. */
  readonly get: (path: string) => Effect.Effect<string, WireProblem>
  /** A question too long for a URL; asked once. */
  readonly post: (path: string, body: string) => Effect.Effect<string, WireProblem>
}

/** Problems that may have passed when the same GET is asked again. */
export const mayPass = (problem: WireProblem): boolean => {
  switch (problem._tag) {
    case "TimedOut":
    case "Failed":
      return true
    case "TooLarge":
      return false
    case "Status":
      return problem.status === 429 || problem.status >= 500
  }
}

/** A client that lives as long as its scope; its connections are cut at the end. */
export const make = (options: ClientOptions): Effect.Effect<Client, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const url = new URL(options.url)
      const pool = new Pool(url.origin, {
        connections: options.connections,
        connectTimeout: options.requestTimeoutMs,
        headersTimeout: 0,
        bodyTimeout: 0
      })
      return { pool, base: url.pathname.replace(/\/$/, "") }
    }),
    ({ pool }) => Effect.promise(() => pool.destroy())
  ).pipe(
    Effect.map(({ pool, base }) => {
      const once = (method: "GET" | "POST", path: string, body: string | null) =>
        Effect.tryPromise({
          try: (signal) =>
            exchange(pool, options, { method, path: `${base}${path}`, body }, signal),
          catch: (error): WireProblem => ({ _tag: "Failed", error })
        }).pipe(
          Effect.timeoutOrElse({
            duration: options.requestTimeoutMs,
            orElse: () => Effect.fail<WireProblem>({ _tag: "TimedOut" })
          }),
          Effect.flatMap((answer) =>
            typeof answer === "string" ? Effect.succeed(answer) : Effect.fail(answer)
          )
        )
      const again = Schedule.max([
        Schedule.exponential(options.retryDelayMs),
        Schedule.recurs(options.retries)
      ]).pipe(Schedule.jittered)
      return {
        get: (path) =>
          once("GET", path, null).pipe(Effect.retry({ schedule: again, while: mayPass })),
        post: (path, body) => once("POST", path, body)
      }
    })
  )

interface Exchange {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly body: string | null
}

const exchange = async (
  pool: Pool,
  options: ClientOptions,
  request: Exchange,
  signal: AbortSignal
): Promise<string | WireProblem> => {
  const { statusCode, body } = await pool.request({
    ...request,
    signal,
    headers: {
      accept: "application/json",
      ...(request.body === null ? {} : { "content-type": "application/json" }),
      ...(options.token === null
        ? {}
        : { authorization: `Bearer ${Redacted.value(options.token)}` })
    }
  })
  const chunks: Array<Buffer> = []
  let size = 0
  for await (const chunk of body) {
    size += (chunk as Buffer).length
    // Leaving the loop destroys the body and with it the connection.
    if (size > options.mostAnswerBytes) return { _tag: "TooLarge" }
    chunks.push(chunk as Buffer)
  }
  const text = Buffer.concat(chunks).toString("utf8")
  return statusCode === 200 ? text : { _tag: "Status", status: statusCode, code: codeOf(text) }
}

/** The code in an error's body: a short word in capitals, or nothing. */
const codeOf = (text: string): string | null =>
  /^\s*\{\s*"code"\s*:\s*"([A-Z][A-Z0-9_]{0,63})"/.exec(text)?.[1] ?? null
