/**
 * `@tidemark/core/recipient`: telephone numbers. Apart from `rules`, because the numbering plans of
 * the world weigh more than all rules together.
 */
export * as Msisdn from "./recipient/Msisdn.ts"
