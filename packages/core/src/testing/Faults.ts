/**
 * Ports that misbehave: any port of Effects, or any object of async functions a host gives, wrapped
 * so that chosen calls fail, never answer, or do their work and lose the answer.
 *
 * Losing the answer is the fault that duplicates messages: the work was done, and nobody knows.
 *
 * **Source** — delivery protocol, part 3; quality, Kinds of test (simulation).
 */
import * as Effect from "effect/Effect"
import * as Seeded from "./Seeded.ts"

/**
 * - `fail`: nothing is done, the error is given
 * - `lose`: everything is done, the error is given all the same
 * - `hang`: nothing is done, and no answer ever comes
 */
export type FaultKind = "fail" | "lose" | "hang"

/** The fault of a call: which method, and its how-manieth call, from 1; `undefined`: none. */
export type Faults = (method: string, call: number) => FaultKind | undefined

/** One call of one method goes wrong. */
export const nth =
  (method: string, call: number, kind: FaultKind): Faults =>
  (of, at) =>
    of === method && at === call ? kind : undefined

/**
 * A share of all calls goes wrong, chosen by a seed: the same seed, the same faults, whatever the
 * order of calls between methods.
 */
export const seeded =
  (seed: number, share: number, kinds: ReadonlyArray<FaultKind> = ["fail", "lose"]): Faults =>
  (method, call) => {
    const site = Seeded.site(seed, method)
    if (Seeded.fraction(site, call) >= share) return undefined
    return kinds[Seeded.below(kinds.length, site, call, 1)]
  }

/** The first plan that has a fault for the call. */
export const either =
  (...plans: ReadonlyArray<Faults>): Faults =>
  (method, call) => {
    for (const plan of plans) {
      const kind = plan(method, call)
      if (kind !== undefined) return kind
    }
    return undefined
  }

/**
 * The same port, but for its faults; a port of Effects. What is no function stays as it is.
 *
 * **Shapes and units**
 * - `error`: what a failed or lost call gives, an error of the port
 */
export const port = <S extends object>(service: S, faults: Faults, error: () => unknown): S =>
  wrapped(service, faults, (kind, ask) => {
    const failed = Effect.suspend(() => Effect.fail(error()))
    const answer = ask()
    if (kind === "hang") return Effect.never
    return kind === "lose" && Effect.isEffect(answer) ? Effect.andThen(answer, failed) : failed
  })

/** The same for the async functions a host gives: a `HostCarrier`, `HostBalances` and the others. */
export const host = <S extends object>(functions: S, faults: Faults, error: () => unknown): S =>
  wrapped(functions, faults, (kind, ask) => {
    if (kind === "hang") return new Promise(() => {})
    if (kind === "fail") return Promise.reject(error())
    return Promise.resolve(ask()).then(() => Promise.reject(error()))
  })

const wrapped = <S extends object>(
  service: S,
  faults: Faults,
  faulty: (kind: FaultKind, ask: () => unknown) => unknown
): S => {
  const calls = new Map<string, number>()
  return new Proxy(service, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== "function") return member
      const method = String(name)
      return (...args: ReadonlyArray<unknown>): unknown => {
        const call = (calls.get(method) ?? 0) + 1
        calls.set(method, call)
        const ask = (): unknown => Reflect.apply(member, target, args)
        const kind = faults(method, call)
        return kind === undefined ? ask() : faulty(kind, ask)
      }
    }
  })
}
