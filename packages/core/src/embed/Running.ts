/**
 * Effects run to promises: what is in flight is remembered, and ended when the program is closed.
 *
 * **Source** — architecture, Embedding (plain promises, AbortSignal).
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as ManagedRuntime from "effect/ManagedRuntime"
import type { Services } from "./Composition.ts"
import * as Failures from "./Failures.ts"
import { AbortedError, ClosedError } from "./TidemarkError.ts"
import type { CallOptions } from "./TidemarkTypes.ts"

type Runtime = ManagedRuntime.ManagedRuntime<Services, unknown>

/** Runs calls until it is closed. */
export interface Runner {
  readonly run: <A>(
    effect: Effect.Effect<A, unknown, Services>,
    options?: CallOptions
  ) => Promise<A>
  readonly close: () => Promise<void>
}

/**
 * Runs effects to promises, remembers those in flight, and ends them when the program is
 * closed.
 *
 * **Errors** — what a call rejects with, first match wins: `ClosedError` once closing has begun;
 * `AbortedError` for the caller's own signal; the error the effect ended in.
 */
export const makeRunner = (runtime: Runtime): Runner => {
  const closing = new AbortController()
  const inFlight = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined
  const settle = async <A>(
    effect: Effect.Effect<A, unknown, Services>,
    signal: AbortSignal
  ): Promise<A> => {
    const exit = await runtime.runPromiseExit(effect, { signal })
    if (Exit.isSuccess(exit)) return exit.value
    const ended = Failures.ofCause(exit.cause)
    if (ended !== "aborted") throw ended
    throw closing.signal.aborted ? closedError() : aborted(signal)
  }
  return {
    run: (effect, options = {}) => {
      if (closing.signal.aborted) return Promise.reject(closedError())
      const { signal } = options
      if (signal?.aborted === true) return Promise.reject(aborted(signal))
      const both = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal])
      const running = settle(effect, both)
      inFlight.add(running)
      return running.finally(() => inFlight.delete(running))
    },
    close: () => {
      closing.abort()
      closed ??= Promise.allSettled(inFlight).then(() => runtime.dispose())
      return closed
    }
  }
}

const closedError = (): ClosedError =>
  new ClosedError("ClosedError.Closed", "the program is closed")

const aborted = (signal: AbortSignal): AbortedError =>
  new AbortedError("AbortedError.Aborted", "the call was aborted between two batches", {
    retryable: true,
    cause: signal.reason
  })
