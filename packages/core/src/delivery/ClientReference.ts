/**
 * The names a message has outside: deterministic, so that a database that lost a row makes the same
 * name again, and unguessable, so that they tell nothing about a customer.
 *
 * Each is the first 26 characters (130 bits) of the base32 of an HMAC-SHA256. The fields are hashed
 * with their lengths, so no two lists of fields give the same bytes, whatever the fields contain.
 *
 * **Source** — delivery protocol, part 1 (Keys); RFC 2104 (HMAC); RFC 4648 §6 (base32).
 */
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"

/** Everything one submission is for. Text is hashed as UTF-8; `n` is the attempt, from 1. */
export interface ReferenceFields {
  readonly environment: string
  readonly carrierAccount: string
  readonly program: string
  readonly customerId: string
  readonly month: string
  readonly n: number
}

const length = 26
const alphabet = "abcdefghijklmnopqrstuvwxyz234567"
const utf8 = new TextEncoder()

/** RFC 4648 base32 in lower case without padding, cut to 26 characters. */
const base32 = (bytes: Uint8Array): string => {
  let text = ""
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5 && text.length < length) {
      bits -= 5
      text += alphabet.charAt((value >>> bits) & 31)
    }
    value &= (1 << bits) - 1
  }
  return text
}

/** Four bytes of length, big-endian, then the bytes, for each field. */
const encode = (fields: ReadonlyArray<string>): Uint8Array => {
  const parts = fields.map((field) => utf8.encode(field))
  let size = 0
  for (const part of parts) size += 4 + part.length
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  let offset = 0
  for (const part of parts) {
    view.setUint32(offset, part.length)
    bytes.set(part, offset + 4)
    offset += 4 + part.length
  }
  return bytes
}

const name = (key: Uint8Array, fields: ReadonlyArray<string>): string =>
  base32(hmac(sha256, key, encode(fields)))

/** What all references of a batch share. */
export type SharedFields = Omit<ReferenceFields, "customerId" | "n">

/**
 * The same references for many customers: what they share is hashed once.
 *
 * **Shapes and units** — `key`: k_ref of the month, kept outside the database
 *
 * **Source** — delivery protocol, part 1 (Keys).
 */
export const clientReferences = (
  key: Uint8Array,
  { carrierAccount, environment, month, program }: SharedFields
): ((customerId: string, n: number) => string) => {
  const begun = hmac
    .create(sha256, key)
    .update(encode(["client-reference", environment, carrierAccount, program]))
  return (customerId, n) =>
    base32(
      begun
        .clone()
        .update(encode([customerId, month, String(n)]))
        .digest()
    )
}

/**
 * The reference of one attempt at the carrier (`smsId`): 26 characters of `a`–`z` and `2`–`7`. One
 * reference is one byte string and one validity, for ever.
 *
 * **Shapes and units** — `key`: k_ref of the month, kept outside the database
 *
 * **Source** — delivery protocol, part 1 (Keys).
 */
export const clientReference = (key: Uint8Array, fields: ReferenceFields): string =>
  clientReferences(key, fields)(fields.customerId, fields.n)

/**
 * The id of the one notification of a program, customer and month.
 *
 * **Source** — architecture, Storage and scale.
 */
export const notificationId = (
  key: Uint8Array,
  program: string,
  customerId: string,
  month: string
): string => name(key, ["notification", program, customerId, month])

/**
 * The idempotency key of a reference: a proof that nothing was sent opens the next generation.
 *
 * **Source** — delivery protocol, part 1 (Keys).
 */
export const idempotencyKey = (reference: string, generation: number): string =>
  `${reference}.${generation}`
