/**
 * Receipts of the wire as reports of the port, each with the digest that makes it unique however
 * often and by whatever way it comes.
 *
 * **Source** — delivery protocol 1.3.
 */
import { createHash } from "node:crypto"
import type { ReceiptReport } from "@tidemark/core/effect"
import * as classifyError from "./classifyError.ts"
import type * as Wire from "./Wire.ts"

/** SHA-256 of the receipt's canonical JSON: its fields in the order of their names, no blanks. */
export const digest = (receipt: Wire.Receipt): string => {
  const { at, code, id, part, parts, reference, state } = receipt
  const canonical = JSON.stringify({ at, code, id, part, parts, reference, state })
  return createHash("sha256").update(canonical).digest("hex")
}

/** One receipt as a report. */
export const report = (receipt: Wire.Receipt): ReceiptReport => ({
  reference: receipt.reference,
  carrierMessageId: receipt.id,
  receipt: {
    state: receipt.state,
    part: receipt.part,
    parts: receipt.parts,
    failure: classifyError.receiptFailure(receipt.state, receipt.code)
  },
  digest: digest(receipt)
})
