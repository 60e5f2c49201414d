/** What is inside the opaque stores of `stores.ts`: layers. */
import { InputError, type Store } from "@tidemark/core"
import { StoreParts } from "@tidemark/core/effect"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HostPool from "./HostPool.ts"
import type { HostClient } from "./HostSession.ts"
import * as layers from "./layers.ts"
import { refuseRealCarrierOnEmbedded } from "./refuseRealCarrier.ts"
import type { HostEmbeddedOptions, HostPostgresOptions } from "./stores.ts"

export const postgres = (options: HostPostgresOptions): Store => {
  const { migrations, pool, schema, statementTimeoutMs, witnessFile } = options
  return StoreParts.make({
    layer: (program) =>
      Layer.merge(
        layers
          .layerClient({ program, schema, migrations, witnessFile })
          .pipe(Layer.provide(HostPool.layerClient({ pool, schema, statementTimeoutMs }))),
        transactions
      ),
    refusesRealCarrier: undefined
  })
}

const transactions = Layer.succeed(StoreParts.HostTransactions, {
  join: (client) => (verbs) =>
    isClient(client)
      ? Effect.provideService(verbs, HostPool.JoinedClient, client)
      : Effect.die(notAClient)
})

const isClient = (client: unknown): client is HostClient =>
  typeof client === "object" &&
  client !== null &&
  "query" in client &&
  typeof client.query === "function"

const notAClient = new InputError(
  "InputError.Invalid",
  "tx: expected a client of the host's pool, inside a transaction",
  { problems: [{ path: "tx", message: "expected a client of the host's pool" }] }
)

export const embedded = (options: HostEmbeddedOptions): Store => {
  const { accept: accepted, directory, migrations, schema } = options
  const refusal = refuseRealCarrierOnEmbedded({
    store: "embedded",
    carrier: { isSandbox: false },
    accepted
  })
  return StoreParts.make({
    layer: (program) =>
      Layer.merge(
        layers.layerEmbedded({ program, dataDirectory: directory, migrations, schema }),
        StoreParts.HostTransactions.layerNone
      ),
    refusesRealCarrier: refusal?.detail
  })
}
