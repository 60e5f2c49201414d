/** Whether a carrier may be used with a store: real messages need a store that survives power loss. */
import { ProgramStoreError } from "./Core.ts"

/** The words with which an operator accepts a real carrier on the embedded store. */
export const acceptance = "I accept that a power loss can lose what was sent"

/**
 * What forbids this combination, or `undefined` where nothing does: the embedded store never syncs
 * its files, so after a power loss it may not know what the carrier has.
 *
 * **Outcomes, first match wins** — nothing on a server; nothing with a sandbox carrier; nothing
 * where `accepted` is `acceptance` word by word; else `Locked`, saying what to do.
 *
 * **Source** — architecture, Storage and scale ("A real carrier on the embedded store refuses to
 * start").
 */
export const refuseRealCarrierOnEmbedded = (input: {
  readonly store: "postgres" | "embedded"
  readonly carrier: { readonly isSandbox: boolean }
  readonly accepted?: string | undefined
}): ProgramStoreError | undefined => {
  if (input.store === "postgres" || input.carrier.isSandbox) return undefined
  if (input.accepted?.trim() === acceptance) return undefined
  return new ProgramStoreError({
    reason: "Locked",
    detail:
      "a real carrier needs a PostgreSQL server: the embedded store survives the death of its " +
      `process, not the loss of power. To use it all the same, accept in words: "${acceptance}"`
  })
}
