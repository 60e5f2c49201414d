/**
 * `@tidemark/bank-rest`: the `ClosingBalances` and `Customers` ports over a bank's REST API.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ClosingBalances from "./ClosingBalances.ts"
import * as Config from "./Config.ts"
import * as Customers from "./Customers.ts"

export { type BankRestOptions, defaults, fromEnvironment, options } from "./Config.ts"
export { layer as layerClosingBalances } from "./ClosingBalances.ts"
export { layer as layerCustomers } from "./Customers.ts"

/** Both ports over one bank. */
export const layer = (
  given: Pick<Config.BankRestOptions, "url"> & Partial<Config.BankRestOptions>
) => Layer.merge(ClosingBalances.layer(given), Customers.layer(given))

/** Both ports, configured by the environment. */
export const layerConfig = Layer.unwrap(
  Effect.gen(function* () {
    return layer(yield* Config.fromEnvironment)
  })
)
