/**
 * The default `BalanceHistory`: the store's own ledger. A host that keeps its balances elsewhere
 * provides the port over its own table instead.
 *
 * **Source** — architecture, Ports.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BalanceHistory, BalanceHistoryError } from "../ports/BalanceHistory.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"

export const layer: Layer.Layer<BalanceHistory, never, ProgramStore> = Layer.effect(
  BalanceHistory,
  Effect.gen(function* () {
    const store = yield* ProgramStore
    return BalanceHistory.of({
      origin: "captured",
      monthEvidence: (request) =>
        Effect.mapError(
          store.monthEvidence(request),
          (cause) =>
            new BalanceHistoryError({
              reason: cause.isRetryable ? "Unavailable" : "Malformed",
              detail: cause.detail,
              cause
            })
        )
    })
  })
)
