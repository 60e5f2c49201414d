/**
 * Who knows, outside the store, which life of it is the program's own: what a file is to a
 * database. A backup that is put back does not put it back as well.
 *
 * **Source** — delivery protocol 1.4; rules: core's Incarnation.
 */
import * as Incarnation from "../../delivery/Incarnation.ts"
import { ProgramStoreError } from "../store/ProgramStoreError.ts"
import type { LedgerView } from "../store/Reports.ts"

/** Remembers one life; `undefined` before the first. */
export interface Witness {
  readonly read: () => Incarnation.Incarnation | undefined
  readonly write: (incarnation: Incarnation.Incarnation) => void
}

/** A witness that knows nothing yet. */
export const make = (): Witness => {
  let known: Incarnation.Incarnation | undefined
  return {
    read: () => known,
    write: (incarnation) => {
      known = incarnation
    }
  }
}

/** A store as its witness sees it. */
export interface Witnessed {
  readonly witness: Witness | undefined
  readonly incarnation: Incarnation.Incarnation
}

/** What the witness says of the store. */
export const standing = ({ incarnation, witness }: Witnessed): LedgerView["witness"] =>
  witness === undefined ? "none" : (Incarnation.mismatch(incarnation, witness.read()) ?? "agrees")

/** Why nothing may be claimed or marked; `undefined` where the witness agrees, or there is none. */
export const refusal = (store: Witnessed): ProgramStoreError | undefined => {
  const found = standing(store)
  if (found === "none" || found === "agrees") return undefined
  const detail = `the witness says ${found}; nothing is sent until two people have confirmed it`
  return new ProgramStoreError({ reason: "Restored", detail })
}
