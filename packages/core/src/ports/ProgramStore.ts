/**
 * The transactional store of one program. Each verb is one transaction: state, outbox events and an
 * audit row commit together or not at all.
 *
 * **Guarantee** — a verb that fails changed nothing, except where the failure is `CommitUnknown`:
 * then the caller reads again by key, and never submits on an unconfirmed mark.
 * **Time** — business time arrives as `nowMs`; leases and the settle delay use the store's own
 * clock.
 * **Batches** — every verb takes and gives pages; none is called per customer.
 *
 * The verbs stand in `store/ProgramStoreVerbs`, what they take and give by stage in `store/Runs`,
 * `store/Captures`, `store/Decisions`, `store/Deliveries` and `store/Reports`.
 *
 * **Source** — architecture, Ports and Storage; delivery protocol part 1.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Memory from "./memory/MemoryProgramStore.ts"
import type { ProgramStoreVerbs } from "./store/ProgramStoreVerbs.ts"

export { ProgramStoreError } from "./store/ProgramStoreError.ts"
export type { ProgramStoreVerbs } from "./store/ProgramStoreVerbs.ts"

export class ProgramStore extends Context.Service<ProgramStore, ProgramStoreVerbs>()(
  "@tidemark/core/ports/ProgramStore"
) {
  /** A fresh store in memory, each time the layer is built: nothing outlives the process. */
  static readonly layerMemory = (options: Memory.MemoryOptions): Layer.Layer<ProgramStore> =>
    Layer.sync(ProgramStore, () => Memory.make(options).verbs)
}
