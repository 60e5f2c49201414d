/**
 * The content hash of a decided month after one of its decisions was replaced: whoever approved the
 * month before has not approved this one.
 *
 * **Source** — product rules, The stages (release, approval); decision 0007.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js"
import type { DecisionRecord } from "./Decisions.ts"

/** `sha256(previous ‖ 0 ‖ customer ‖ 0 ‖ outcome ‖ 0 ‖ evidence)` in hexadecimal. */
export const renewedHash = (
  contentHash: string,
  { customerId, evidenceHash, outcome }: DecisionRecord
): string =>
  bytesToHex(
    sha256(concatBytes(utf8ToBytes(`${contentHash}\0${customerId}\0${outcome}\0`), evidenceHash))
  )
