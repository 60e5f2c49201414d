/**
 * The balances of a page's accounts as two byte strings of the database, in no order: 8 bytes of
 * amount each, and 8 bytes of key, which are account, day, conflict and revision.
 *
 * A page of 5,000 accounts is 155,000 balances. Read in place they cost the collector nothing; as
 * rows they were objects by the hundred thousand.
 */
import { hash } from "node:crypto"

/** The two strings; `null` without any balance. Key: u32 account, u16 day, u1 conflict, u15 rev. */
export interface Row {
  readonly amounts: Uint8Array | null
  readonly keys: Uint8Array | null
}

/** Of a month: day 0 is the last balance before it. */
export const days = 32

export interface Gathered {
  /** Days of an account, from 0. */
  readonly days: number
  readonly amounts: Buffer
  readonly keys: Buffer
  /** By account and day: the place of the balance in both strings, from 1; 0 where there is none. */
  readonly places: Int32Array
}

const bytesOf = (bytes: Uint8Array | null | undefined): Buffer =>
  bytes == null ? Buffer.alloc(0) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export const of = (row: Row | undefined, accounts: number, perAccount = days): Gathered => {
  const keys = bytesOf(row?.keys)
  const places = new Int32Array(accounts * perAccount)
  for (let place = 1, at = 0; at < keys.length; place++, at += 8) {
    places[keys.readUInt32BE(at) * perAccount + keys.readUInt16BE(at + 4)] = place
  }
  return { days: perAccount, amounts: bytesOf(row?.amounts), keys, places }
}

export const none: Gathered = of(undefined, 0)

/** The place of an account's day, from 1; 0 where there is no balance. */
export const placeOf = (gathered: Gathered, account: number, day: number): number =>
  gathered.places[account * gathered.days + day] ?? 0

const conflictBit = 0x8000

export const isConflict = ({ keys }: Gathered, place: number): boolean =>
  (keys.readUInt16BE(place * 8 - 2) & conflictBit) !== 0

export const amountOf = ({ amounts }: Gathered, place: number): bigint =>
  amounts.readBigInt64BE((place - 1) * 8)

/** An amount's upper half is signed, its lower half is not: together they compare as it does. */
export const upperOf = ({ amounts }: Gathered, place: number): number =>
  amounts.readInt32BE((place - 1) * 8)

export const lowerOf = ({ amounts }: Gathered, place: number): number =>
  amounts.readUInt32BE(place * 8 - 4)

/** Hashes of a page: one place for all of them to be written at, and one for all that is hashed. */
export interface Hashing {
  scratch: Buffer
  readonly hashes: Uint8Array
}

const hashBytes = 32

/** For so many customers. */
export const hashing = (customers: number): Hashing => ({
  scratch: Buffer.alloc(4_096),
  hashes: new Uint8Array(customers * hashBytes)
})

export interface NamedAccount {
  readonly id: string
  /** Its number among the gathered ones. */
  readonly account: number
}

/** The ledger hash of one customer, whose accounts stand in the order of their bytes. */
export const ledgerHash = (
  gathered: Gathered,
  hashing: Hashing,
  customer: number,
  accounts: ReadonlyArray<NamedAccount>
): Uint8Array => {
  let end = 0
  for (const named of accounts) end = append(gathered, hashing, end, named)
  const digest = hash("sha256", hashing.scratch.subarray(0, end), "buffer")
  const at = customer * hashBytes
  hashing.hashes.set(digest, at)
  return hashing.hashes.subarray(at, at + hashBytes)
}

/** The layout is the port's: u32 length of the id, the id, u16 day, i64 amount, u32 revision. */
const append = (
  gathered: Gathered,
  hashing: Hashing,
  from: number,
  { account, id }: NamedAccount
): number => {
  // A UTF-16 unit is at most three bytes of UTF-8.
  const most = from + days * (id.length * 3 + 18)
  if (hashing.scratch.length < most) {
    hashing.scratch = Buffer.concat([hashing.scratch.subarray(0, from)], most * 2)
  }
  const { amounts, keys } = gathered
  const { scratch } = hashing
  let nameEnd = 0
  let at = from
  for (let day = 0; day < days; day++) {
    const place = placeOf(gathered, account, day)
    if (place === 0 || isConflict(gathered, place)) continue
    if (at === from) {
      const length = scratch.write(id, at + 4, "utf8")
      scratch.writeUInt32BE(length, at)
      nameEnd = at + 4 + length
      at = nameEnd
    } else {
      scratch.copyWithin(at, from, nameEnd)
      at += nameEnd - from
    }
    scratch.writeUInt16BE(day, at)
    amounts.copy(scratch, at + 2, (place - 1) * 8, place * 8)
    scratch.writeUInt32BE(keys.readUInt16BE(place * 8 - 2), at + 10)
    at += 14
  }
  return at
}
