/**
 * What is inside the opaque `Store`: for authors of store adapters, who use Effect.
 *
 * **Source** — architecture, Ports and Storage (one SQL, three transports).
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ProgramStore, type ProgramStoreError } from "../ports/ProgramStore.ts"
import type { Secrets } from "../ports/Secrets.ts"
import { type Store, StoreContent } from "./Store.ts"

/** Runs verbs inside a transaction that the host has begun, and will commit or roll back. */
export type Within = <A, E, R>(
  verbs: Effect.Effect<A, E, R>
) => Effect.Effect<A, E | ProgramStoreError, R>

/** How to join the transaction of a client the host passes; `undefined`: this store cannot. */
export class HostTransactions extends Context.Service<
  HostTransactions,
  { readonly join: (client: unknown) => Within | undefined }
>()("@tidemark/core/embed/HostTransactions") {
  /** For stores that no transaction of the host reaches. */
  static readonly layerNone: Layer.Layer<HostTransactions> = Layer.succeed(HostTransactions, {
    join: () => undefined
  })
}

export interface StoreParts {
  readonly layer: (
    program: string
  ) => Layer.Layer<ProgramStore | HostTransactions, ProgramStoreError, Secrets>
  /**
   * Why a carrier that really sends is refused on this store; `undefined`: it is not. What was sent
   * must survive whatever the machine survives, or it would be sent again.
   */
  readonly refusesRealCarrier: string | undefined
}

/** The opaque value for a host. */
export const make = (parts: StoreParts): Store => ({ [StoreContent]: parts })

/** What `make` was given. */
export const partsOf = (store: Store): StoreParts => store[StoreContent] as StoreParts

/**
 * A store in memory: nothing outlives the process. For tests and first steps, with a sandbox
 * carrier only.
 */
export const memory = (): Store =>
  make({
    layer: (program) =>
      Layer.merge(ProgramStore.layerMemory({ program }), HostTransactions.layerNone),
    refusesRealCarrier: "a store in memory forgets what was sent when the process ends"
  })
