/**
 * The wire of a REST carrier: one HTTP request at a time, and honest evidence about it.
 *
 * **Guarantee** — a request is written at most once: no retry, no redirect, no second try on a
 * connection that died idle. Whether its first byte may have left is known, because the client asks
 * `mayStart` in the very call that writes it, never earlier.
 *
 * **Source** — delivery protocol, part 1 (Deadline), 2.4 (step S).
 */
import { type Dispatcher, Pool } from "undici"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"

/** What the wire needs to know. */
export interface ClientOptions {
  readonly url: string
  readonly token: Redacted.Redacted | null
  readonly requestTimeoutMs: number
  readonly connections: number
  readonly mostAnswerBytes: number
}

export interface WireRequest {
  readonly method: "GET" | "POST"
  /** Path below the API's base, such as `/v1/messages`. */
  readonly path: string
  readonly body: string | null
  /** Asked at the last moment before the first byte; `false` means that no byte leaves. */
  readonly mayStart: () => boolean
}

/**
 * What is known after a request.
 *
 * - `Answered`: the whole answer was read; `retryAfter` is the header as it came
 * - `NotWritten`: not one byte of the request left this process
 * - `Lost`: bytes may have left and no whole answer came
 */
export type Evidence =
  | {
      readonly _tag: "Answered"
      readonly status: number
      readonly retryAfter: string | null
      readonly text: string
    }
  | { readonly _tag: "NotWritten"; readonly cause: WireCause }
  | { readonly _tag: "Lost"; readonly cause: WireCause }

/** Why a request has no answer: one of ours, or the error of the connection. */
export type WireCause =
  | { readonly _tag: "DeadlinePassed" }
  | { readonly _tag: "TimedOut" }
  | { readonly _tag: "TooLarge" }
  | { readonly _tag: "Failed"; readonly error: unknown }

export interface Client {
  readonly send: (request: WireRequest) => Effect.Effect<Evidence>
}

/** A client that lives as long as its scope; its connections are cut at the end. */
export const make = (options: ClientOptions): Effect.Effect<Client, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const url = new URL(options.url)
      const pool = new Pool(url.origin, {
        connections: options.connections,
        // One request at a time per connection: evidence about one is never mixed with another.
        pipelining: 1,
        // Shorter than any server's, so that a connection is rarely dead when it is used.
        keepAliveTimeout: 2000,
        connectTimeout: options.requestTimeoutMs,
        headersTimeout: 0,
        bodyTimeout: 0
      })
      const base = url.pathname.replace(/\/$/, "")
      return { pool, base }
    }),
    ({ pool }) => Effect.promise(() => pool.destroy())
  ).pipe(
    Effect.map(({ pool, base }) => ({
      send: (request) =>
        Effect.callback<Evidence>((resume) => {
          const exchange = new Exchange(options, request, (evidence) =>
            resume(Effect.succeed(evidence))
          )
          pool.dispatch(exchange.dispatchOptions(base), exchange)
          return Effect.sync(() => exchange.abandon())
        })
    }))
  )

/** One request on its way: undici calls it back, and it gives its evidence exactly once. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ClientOptions
  readonly #request: WireRequest
  readonly #resolve: (evidence: Evidence) => void
  readonly #timer: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  /** From here on bytes may have left. */
  #started = false
  #settled = false
  #status = 0
  #retryAfter: string | null = null
  #size = 0
  readonly #chunks: Array<Buffer> = []

  constructor(options: ClientOptions, request: WireRequest, resolve: (evidence: Evidence) => void) {
    this.#options = options
    this.#request = request
    this.#resolve = resolve
    this.#timer = setTimeout(() => this.#fail({ _tag: "TimedOut" }), options.requestTimeoutMs)
  }

  dispatchOptions(base: string): Dispatcher.DispatchOptions {
    const { method, path, body } = this.#request
    const { token } = this.#options
    return {
      method,
      path: `${base}${path}`,
      body,
      idempotent: false,
      headers: {
        accept: "application/json",
        ...(body === null ? {} : { "content-type": "application/json" }),
        ...(token === null ? {} : { authorization: `Bearer ${Redacted.value(token)}` })
      }
    }
  }

  /** Called in the same turn in which the head of the request is written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // Given up while it waited for a connection: it must not be written now.
    if (this.#settled) return controller.abort(new Error("abandoned"))
    if (!this.#request.mayStart()) return this.#fail({ _tag: "DeadlinePassed" })
    this.#started = true
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | Array<string> | undefined>>
  ): void {
    // An interim answer (1xx) says nothing about the request.
    if (status < 200) return
    this.#status = status
    const retryAfter = headers["retry-after"]
    this.#retryAfter = typeof retryAfter === "string" ? retryAfter : null
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > this.#options.mostAnswerBytes) this.#fail({ _tag: "TooLarge" })
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#settle({
      _tag: "Answered",
      status: this.#status,
      retryAfter: this.#retryAfter,
      text: Buffer.concat(this.#chunks).toString("utf8")
    })
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#fail({ _tag: "Failed", error })
  }

  /** Nobody waits any more. */
  abandon(): void {
    this.#fail({ _tag: "TimedOut" })
  }

  #fail(cause: WireCause): void {
    if (this.#settled) return
    this.#settle({ _tag: this.#started ? "Lost" : "NotWritten", cause })
    this.#controller?.abort(new Error(cause._tag))
  }

  #settle(evidence: Evidence): void {
    if (this.#settled) return
    this.#settled = true
    clearTimeout(this.#timer)
    this.#resolve(evidence)
  }
}
