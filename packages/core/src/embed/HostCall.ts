/**
 * Calls a function of the host: with a signal, for no longer than a deadline, and with whatever it
 * throws turned into a port's reason.
 *
 * **Source** — architecture, Embedding; ports: a timeout has a stated meaning.
 */
import * as Effect from "effect/Effect"

/** An answer of the host that is not what its port says. Names the place, never the value. */
export class MalformedAnswer extends Error {
  override readonly name = "MalformedAnswer"
}

/** Refuses an answer, naming the place in it. */
export const malformed = (place: string, expected: string): never => {
  throw new MalformedAnswer(`${place}: expected ${expected}`)
}

export const text = (value: unknown, place: string): string =>
  typeof value === "string" && value !== "" ? value : malformed(place, "text")

export const textOrNull = (value: unknown, place: string): string | null =>
  value === undefined || value === null ? null : text(value, place)

export const list = <A>(value: ReadonlyArray<A>, place: string): ReadonlyArray<A> =>
  Array.isArray(value) ? value : malformed(place, "a list")

export const record = <A extends object>(value: A, place: string): A =>
  typeof value === "object" && value !== null ? value : malformed(place, "an object")

export interface HostCall<A, B, E> {
  /** Such as `balances.page`: names the function in errors. */
  readonly name: string
  /** Process time; a function that takes longer is told to stop and no longer waited for. */
  readonly timeoutMs: number
  readonly run: (signal: AbortSignal) => Promise<A> | A
  /** Checks and maps the answer; throws `MalformedAnswer`. */
  readonly read: (answer: A) => B
  readonly fail: (thrown: Thrown) => E
}

/** What a host's function threw, read as far as it may be shown. */
export interface Thrown {
  readonly name: string
  /** The part of its `code` after the last dot. */
  readonly reason: string | undefined
  readonly detail: string
  readonly timedOut: boolean
  readonly malformed: boolean
  /** `false` where the host says that asking again is no use. */
  readonly retryable: boolean
  readonly cause: unknown
}

/**
 * Runs it. Interruption aborts the signal; the deadline holds even where nothing may be
 * interrupted.
 */
export const ask = <A, B, E>(call: HostCall<A, B, E>): Effect.Effect<B, E> =>
  Effect.tryPromise({
    try: async (signal) => call.read(await withDeadline(call, signal)),
    catch: (cause) => call.fail(readThrown(call.name, cause))
  })

/**
 * Waits for the answer or the deadline. What is no longer waited for may still fail: nothing of it
 * may become an unhandled rejection, which would end the host's process.
 */
const withDeadline = async <A, B, E>(call: HostCall<A, B, E>, signal: AbortSignal): Promise<A> => {
  const deadline = AbortSignal.timeout(call.timeoutMs)
  const both = AbortSignal.any([signal, deadline])
  const over = Promise.withResolvers<never>()
  const giveUp = (): void => over.reject(deadline.reason)
  deadline.addEventListener("abort", giveUp)
  try {
    // A function that throws before it gives a promise has failed like any other.
    const answer = Promise.resolve().then(() => call.run(both))
    return await Promise.race([answer, over.promise])
  } finally {
    deadline.removeEventListener("abort", giveUp)
  }
}

const readThrown = (name: string, cause: unknown): Thrown => {
  const error = typeof cause === "object" && cause !== null ? cause : {}
  const kind = property(error, "name") ?? "a value that is no error"
  const code = property(error, "code")
  const isMalformed = error instanceof MalformedAnswer
  return {
    name,
    reason: code?.slice(code.lastIndexOf(".") + 1),
    // A host's own message may quote a balance or a phone: it stays in the cause.
    detail: isMalformed
      ? `${name}: ${error.message}`
      : `${name} threw ${kind}${code === undefined ? "" : ` (${code})`}`,
    timedOut: kind === "TimeoutError",
    malformed: isMalformed,
    retryable: !isMalformed && Reflect.get(error, "retryable") !== false,
    cause
  }
}

const property = (error: object, name: string): string | undefined => {
  const value: unknown = Reflect.get(error, name)
  return typeof value === "string" && /^[\w.-]{1,64}$/.test(value) ? value : undefined
}

/**
 * The port's reason for what was thrown, first match wins: the host named one of the port's;
 * `timeout`; `never` where asking again is no use; `Unavailable`.
 */
export const reasonOf = <R extends string>(
  thrown: Thrown,
  reasons: ReadonlyArray<R>,
  otherwise: { readonly timeout: R; readonly never: R; readonly unavailable: R }
): R => {
  const named = reasons.find((reason) => reason === thrown.reason)
  if (named !== undefined) return named
  if (thrown.timedOut) return otherwise.timeout
  return thrown.retryable ? otherwise.unavailable : otherwise.never
}
