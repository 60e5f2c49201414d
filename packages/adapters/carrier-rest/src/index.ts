/**
 * `@tidemark/carrier-rest`: the `SmsCarrier` port over a carrier's REST API, and its webhook.
 */
export {
  type CarrierRestOptions,
  defaultCapabilities,
  defaults,
  fromEnvironment,
  options
} from "./Config.ts"
export { foreignResults, layer, layerConfig } from "./SmsCarrier.ts"
export * as Webhook from "./Webhook.ts"
