/**
 * Receipts the carrier pushes: verified over the raw bytes before anything is parsed.
 *
 * Standard Webhooks: headers `webhook-id`, `webhook-timestamp` (seconds), `webhook-signature`; the
 * signature is HMAC-SHA256 over `id.timestamp.body` in base64, written `v1,…`, several apart by
 * blanks. Secrets are `whsec_` and base64 of at least 24 bytes; any of several may have signed.
 *
 * **Source** — Standard Webhooks 1.0; security controls, webhook in; delivery protocol 1.3.
 */
import { createHmac, timingSafeEqual } from "node:crypto"
import type { ReceiptReport } from "@tidemark/core/effect"
import * as Redacted from "effect/Redacted"
import * as Receipts from "./Receipts.ts"
import * as Wire from "./Wire.ts"

/** The headers of a push; names in lower case. */
export type WebhookHeaders = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

/**
 * What a push is, first match wins.
 *
 * 1. `Refused` — answer 401: `NO_SECRET`, `MISSING_HEADER`, `BAD_TIMESTAMP`, `STALE` (more than
 *    five minutes off, either way), `BAD_SIGNATURE`
 * 2. `Malformed` — signed by the carrier, and no list of receipts: answer 400, raise
 * 3. `Receipts` — to be stored, then answered 2xx, unknown references and duplicates among them
 */
export type WebhookResult =
  | {
      readonly _tag: "Refused"
      readonly reason: "NO_SECRET" | "MISSING_HEADER" | "BAD_TIMESTAMP" | "STALE" | "BAD_SIGNATURE"
    }
  | { readonly _tag: "Malformed"; readonly id: string }
  | {
      readonly _tag: "Receipts"
      /** To be remembered for twice the window, against replays. */
      readonly id: string
      readonly reports: ReadonlyArray<ReceiptReport>
    }

/** How far the carrier's timestamp may be from process time. */
export const windowMs = 5 * 60_000

const fewestKeyBytes = 24

/** The key of a secret; `undefined` where it is too short to be one. */
const keyOf = (secret: Redacted.Redacted): Buffer | undefined => {
  const text = Redacted.value(secret).replace(/^whsec_/, "")
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  const key = Buffer.from(text, "base64")
  return key.length >= fewestKeyBytes ? key : undefined
}

const one = (headers: WebhookHeaders, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === "string" && value !== "" ? value : undefined
}

const isSigned = (
  keys: ReadonlyArray<Buffer>,
  signed: Buffer,
  signatures: ReadonlyArray<string>
): boolean => {
  let found = false
  for (const key of keys) {
    const expected = createHmac("sha256", key).update(signed).digest()
    for (const signature of signatures) {
      if (!signature.startsWith("v1,")) continue
      const given = Buffer.from(signature.slice(3), "base64")
      // Every pair is compared, in constant time: which key matched does not show.
      if (given.length === expected.length && timingSafeEqual(given, expected)) found = true
    }
  }
  return found
}

/**
 * Verifies and reads one push.
 *
 * **Shapes and units** — `rawBody`: the bytes as they came; `processNowMs`: process time, epoch
 * milliseconds, because the carrier's clock is on the wire and no business clock may move it
 */
export const receive = (
  secrets: ReadonlyArray<Redacted.Redacted>,
  headers: WebhookHeaders,
  rawBody: Uint8Array,
  processNowMs: number
): WebhookResult => {
  const keys = secrets.map(keyOf).filter((key) => key !== undefined)
  if (keys.length === 0) return { _tag: "Refused", reason: "NO_SECRET" }
  const id = one(headers, "webhook-id")
  const timestamp = one(headers, "webhook-timestamp")
  const signature = one(headers, "webhook-signature")
  if (id === undefined || timestamp === undefined || signature === undefined) {
    return { _tag: "Refused", reason: "MISSING_HEADER" }
  }
  if (!/^[0-9]{1,12}$/.test(timestamp)) return { _tag: "Refused", reason: "BAD_TIMESTAMP" }
  if (Math.abs(processNowMs - Number(timestamp) * 1000) > windowMs) {
    return { _tag: "Refused", reason: "STALE" }
  }
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), rawBody])
  if (!isSigned(keys, signed, signature.split(" "))) {
    return { _tag: "Refused", reason: "BAD_SIGNATURE" }
  }
  const body = Wire.receipts(Buffer.from(rawBody).toString("utf8"))
  if (body === undefined) return { _tag: "Malformed", id }
  return { _tag: "Receipts", id, reports: body.receipts.map(Receipts.report) }
}
