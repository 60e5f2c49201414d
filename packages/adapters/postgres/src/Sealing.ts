/**
 * Phones and message texts at rest: AES-256-GCM under a key held outside the database.
 *
 * A sealed value is the 12-byte nonce, the ciphertext and the 16-byte tag. What it is sealed for
 * (table, column, row, key id) is authenticated with it, so that a value moved to another row or
 * column does not open.
 *
 * **Source** — architecture, Storage (phone and text columns); NIST SP 800-38D.
 */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes
} from "node:crypto"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { ProgramStoreError, type NamedKey, type Secrets } from "./Core.ts"

const nonceBytes = 12
const tagBytes = 16

/** A data key ready for use. */
export interface SealingKey {
  readonly id: string
  readonly key: KeyObject
}

/** The key's own 32 bytes are derived, so that it is used for nothing else under the same bytes. */
export const derive = (named: NamedKey): SealingKey => ({
  id: named.id,
  key: createSecretKey(
    Buffer.from(hkdfSync("sha256", Redacted.value(named.key), "", "tidemark data at rest", 32))
  )
})

const purpose = (keyId: string, column: string, rowId: string): Buffer =>
  Buffer.from(`attempt|${column}|${rowId}|${keyId}`, "utf8")

/** Fresh nonces for so many values, asked of the system at once: each is taken for one value. */
export const nonces = (count: number): (() => Uint8Array) => {
  const bytes = randomBytes(count * nonceBytes)
  let taken = 0
  return () => {
    if (taken === bytes.length) throw new Error("a nonce was asked for that was not drawn")
    taken += nonceBytes
    return bytes.subarray(taken - nonceBytes, taken)
  }
}

/** Seals a text for one column of one row, under a nonce that nothing else is sealed under. */
export const seal = (
  key: SealingKey,
  column: string,
  rowId: string,
  text: string,
  nonce: Uint8Array = randomBytes(nonceBytes)
): Uint8Array => {
  const cipher = createCipheriv("aes-256-gcm", key.key, nonce)
  cipher.setAAD(purpose(key.id, column, rowId))
  return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()])
}

/** Opens what `seal` made; `undefined` where it was altered, moved or sealed under another key. */
export const unseal = (
  key: SealingKey,
  column: string,
  rowId: string,
  sealed: Uint8Array
): string | undefined => {
  if (sealed.length < nonceBytes + tagBytes) return undefined
  const end = sealed.length - tagBytes
  const decipher = createDecipheriv("aes-256-gcm", key.key, sealed.subarray(0, nonceBytes))
  decipher.setAAD(purpose(key.id, column, rowId))
  decipher.setAuthTag(sealed.subarray(end))
  try {
    const head = decipher.update(sealed.subarray(nonceBytes, end), undefined, "utf8")
    return head + decipher.final("utf8")
  } catch {
    return undefined
  }
}

/** The key with this id, or the newest for writing. Asked for outside any transaction. */
export const keyOf = (
  secrets: Secrets["Service"],
  id?: string
): Effect.Effect<SealingKey, ProgramStoreError> =>
  Effect.mapError(
    Effect.map(secrets.dataKey(id), derive),
    (cause) =>
      new ProgramStoreError({
        reason: cause.isRetryable ? "Unavailable" : "Corrupt",
        detail: `the data key ${id ?? "for writing"} is not to be had`,
        cause
      })
  )
