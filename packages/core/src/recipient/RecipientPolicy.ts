/**
 * The recipient room's part of a programme's policy.
 *
 * Strings and plain values only: a policy is stored as bytes and hashed over them.
 */
import type { Keyword } from "./OptOut.ts"
import * as OptOut from "./OptOut.ts"

/**
 * How numbers are read and replies understood.
 *
 * - `region`: ISO 3166-1 alpha-2 of numbers in national form
 * - `kosherPrefixes`: E.164 prefixes flagged as kosher; `null` takes the built-in list
 * - `excludeKosher`: treat flagged numbers as unreachable; the carrier decides otherwise
 * - `keywords`: words a whole reply may be
 */
export type RecipientPolicy = {
  readonly region: string
  readonly kosherPrefixes: ReadonlyArray<string> | null
  readonly excludeKosher: boolean
  readonly keywords: ReadonlyArray<Keyword>
}

/** The defaults of an Israeli bank. **Source** — product rules, Recipient */
export const DEFAULTS: RecipientPolicy = {
  region: "IL",
  kosherPrefixes: null,
  excludeKosher: false,
  keywords: OptOut.DEFAULT_KEYWORDS
}
