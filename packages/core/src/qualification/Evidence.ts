/**
 * The evidence of one decision in a fixed binary layout.
 *
 * Guarantees that equal evidence always gives equal bytes and different evidence different ones:
 * every field has a fixed width or a length before it, in a fixed order, big-endian. SHA-256 over
 * these bytes is kept with the decision, so that a replay years later can prove it decided on the
 * same. The hash itself is no rule: any SHA-256 will do, and the program's is at its store.
 *
 * Layout, version 1 (`u` unsigned, `i` signed, number of bits; text = u32 length, then UTF-8):
 *
 * | field | form |
 * |---|---|
 * | `TMEV` | 4 bytes |
 * | layout version | u8 = 1 |
 * | policy hash | 32 bytes |
 * | program, customer | text, text |
 * | year, month, days | u16, u8, u8 |
 * | opened, closed | i32, i32 days since 1970-01-01; -2147483648 where there is none |
 * | observed, met, derived, waived, conflict | 5 × u32, bit 0 is day 1 |
 * | ledger hash | 32 bytes: SHA-256 over the balances in force, as the ledger read them |
 *
 * The ledger hash stands for the amounts and revisions, so that a store, or a bank that answers
 * from its own table, proves them without handing over a month of balances per customer.
 */
import type { MonthDays } from "../balance/MonthDays.ts"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"

/** All that a decision was made from. */
export interface Evidence {
  readonly program: string
  readonly customerId: string
  readonly month: CalendarMonth.CalendarMonth
  /** SHA-256 over the policy's stored bytes; 32 bytes. */
  readonly policyHash: Uint8Array
  readonly opened?: BusinessDate.BusinessDate
  readonly closed?: BusinessDate.BusinessDate
  /** The days as decided, after carry-forward and waivers. */
  readonly days: MonthDays
  /** SHA-256 over the balances in force of the customer's accounts; 32 bytes. */
  readonly ledgerHash: Uint8Array
}

const noDate = -2_147_483_648
const hashBytes = 32
const fixedBytes = 5 + hashBytes + 8 + 4 + 8 + 20 + hashBytes

const epochDay = (date: BusinessDate.BusinessDate | undefined): number =>
  date === undefined ? noDate : BusinessDate.toEpochDay(date)

// The writers below return the place after what they wrote. Plain bytes instead of a `DataView`
// and an encoder: a month end writes a million of these.

const put32 = (bytes: Uint8Array, at: number, value: number): number => {
  // Signed and unsigned alike: the bit pattern counts.
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
  return at + 4
}

const putHash = (bytes: Uint8Array, at: number, hash: Uint8Array): number => {
  bytes.set(hash.subarray(0, hashBytes), at)
  return at + hashBytes
}

const putText = (bytes: Uint8Array, at: number, text: string): number => {
  const start = at + 4
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 0x7f) return putWideText(bytes, at, text)
    bytes[start + index] = code
  }
  put32(bytes, at, text.length)
  return start + text.length
}

const putWideText = (bytes: Uint8Array, at: number, text: string): number => {
  const encoded = new TextEncoder().encode(text)
  bytes.set(encoded, put32(bytes, at, encoded.length))
  return at + 4 + encoded.length
}

/** `TMEV` and the layout version. */
const prefix = Uint8Array.of(0x54, 0x4d, 0x45, 0x56, 1)

/**
 * The bytes of the evidence in layout version 1.
 *
 * **Source** — product rules, "Days": evidence hash (fixed binary layout).
 */
export const encode = (evidence: Evidence): Uint8Array => {
  const { customerId, days, month, program } = evidence
  // A UTF-16 unit is at most three bytes of UTF-8.
  const bytes = new Uint8Array(fixedBytes + 3 * (program.length + customerId.length))
  bytes.set(prefix)
  let at = putHash(bytes, prefix.length, evidence.policyHash)
  at = putText(bytes, at, program)
  at = putText(bytes, at, customerId)
  const year = Number(month.slice(0, 4))
  const monthAndDays = (Number(month.slice(5, 7)) << 8) | CalendarMonth.days(month)
  at = put32(bytes, at, (year << 16) | monthAndDays)
  at = put32(bytes, at, epochDay(evidence.opened))
  at = put32(bytes, at, epochDay(evidence.closed))
  at = put32(bytes, at, days.observed)
  at = put32(bytes, at, days.met)
  at = put32(bytes, at, days.derived)
  at = put32(bytes, at, days.waived)
  at = put32(bytes, at, days.conflict)
  return bytes.subarray(0, putHash(bytes, at, evidence.ledgerHash))
}
