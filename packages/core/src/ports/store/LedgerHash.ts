/**
 * The hash of the balances a month's evidence was read from. A store, or a bank that answers from
 * its own table, computes it in the same layout, so that a replay can prove it saw the same.
 *
 * **Source** — product rules, Days: evidence hash (fixed binary layout); FIPS 180-4.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { utf8ToBytes } from "@noble/hashes/utils.js"

/** One balance in force. */
export interface LedgerBalance {
  /** Day of the month; 0 is the last balance before the month. */
  readonly day: number
  readonly minorUnits: bigint
  /** From 1. */
  readonly revision: number
}

/** The balances in force of one account, in ascending order of `day`; days in conflict left out. */
export interface LedgerAccount {
  readonly accountId: string
  readonly balances: ReadonlyArray<LedgerBalance>
}

const balanceBytes = 4 + 2 + 8 + 4

const compareBytes = (left: Uint8Array, right: Uint8Array): number => {
  const shared = Math.min(left.length, right.length)
  for (let i = 0; i < shared; i++) {
    const gap = (left[i] ?? 0) - (right[i] ?? 0)
    if (gap !== 0) return gap
  }
  return left.length - right.length
}

/**
 * SHA-256 over the balances, ordered by account id (bytes of UTF-8), then day. Each is u32 length
 * of
 * the account id, its bytes, u16 day, i64 minor units, u32 revision, big-endian. 32 bytes.
 *
 * **Source** — product rules, Days.
 */
export const ledgerHash = (accounts: ReadonlyArray<LedgerAccount>): Uint8Array => {
  const named = accounts
    .map(({ accountId, balances }) => ({ id: utf8ToBytes(accountId), balances }))
    .toSorted((left, right) => compareBytes(left.id, right.id))
  let size = 0
  for (const { balances, id } of named) size += balances.length * (balanceBytes + id.length)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const { balances, id } of named) {
    for (const { day, minorUnits, revision } of balances) {
      view.setUint32(at, id.length)
      bytes.set(id, at + 4)
      at += 4 + id.length
      view.setUint16(at, day)
      view.setBigInt64(at + 2, minorUnits)
      view.setUint32(at + 10, revision)
      at += 14
    }
  }
  return sha256(bytes)
}
