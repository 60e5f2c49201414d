/** The program store on PostgreSQL or on an embedded PGlite. */
export * as Config from "./Config.ts"
export { classifyError } from "./classifyError.ts"
export {
  layer,
  layerClient,
  layerEmbedded,
  layerEmbeddedClient,
  layerPostgresClient
} from "./layers.ts"
export * as Migrations from "./Migrations.ts"
export * as Retention from "./Retention.ts"
export { acceptance, refuseRealCarrierOnEmbedded } from "./refuseRealCarrier.ts"
export * as HostPool from "./HostPool.ts"
export {
  embedded,
  type HostEmbeddedOptions,
  type HostPostgresOptions,
  type HostStoreOptions,
  postgres
} from "./stores.ts"
