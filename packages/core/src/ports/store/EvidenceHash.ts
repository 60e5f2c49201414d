/**
 * The evidence hash: what a decision keeps of the evidence it was made from.
 *
 * **Source** — product rules, "Days": same evidence and policy ⇒ same result; decision 0009.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import * as Evidence from "../../qualification/Evidence.ts"

/**
 * SHA-256 over the evidence's bytes, 32 bytes. Computed at the store, not inside `decide`.
 *
 * **Source** — FIPS 180-4; the bytes: `Evidence.encode`.
 */
export const evidenceHash = (evidence: Evidence.Evidence): Uint8Array =>
  sha256(Evidence.encode(evidence))
