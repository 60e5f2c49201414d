/**
 * The evidence of one decision in a fixed binary layout, and its SHA-256.
 *
 * Guarantees that equal evidence always gives equal bytes and different evidence different ones:
 * every field has a fixed width or a length before it, in a fixed order, big-endian. The hash is
 * kept with the decision, so that a replay years later can prove it decided on the same.
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
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
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

const layoutVersion = 1
const noDate = -2_147_483_648
const hashBytes = 32
const fixedBytes = 4 + 1 + hashBytes + 8 + 4 + 8 + 20 + hashBytes

const epochDay = (date: BusinessDate.BusinessDate | undefined): number =>
  date === undefined ? noDate : BusinessDate.toEpochDay(date)

/** Writes fields one after the other. */
interface Writer {
  readonly bytes: Uint8Array
  readonly view: DataView
  at: number
}

const putBytes = (writer: Writer, bytes: Uint8Array): void => {
  writer.bytes.set(bytes, writer.at)
  writer.at += bytes.length
}
const put8 = (writer: Writer, value: number): void => {
  writer.view.setUint8(writer.at, value)
  writer.at += 1
}
const put16 = (writer: Writer, value: number): void => {
  writer.view.setUint16(writer.at, value)
  writer.at += 2
}
/** Signed and unsigned alike: the bit pattern counts. */
const put32 = (writer: Writer, value: number): void => {
  writer.view.setInt32(writer.at, value)
  writer.at += 4
}
const putText = (writer: Writer, text: Uint8Array): void => {
  put32(writer, text.length)
  putBytes(writer, text)
}

/**
 * The bytes of the evidence in layout version 1.
 *
 * **Source** — product rules, "Days": evidence hash (fixed binary layout).
 */
export const encode = (evidence: Evidence): Uint8Array => {
  const program = utf8ToBytes(evidence.program)
  const customer = utf8ToBytes(evidence.customerId)
  const bytes = new Uint8Array(fixedBytes + program.length + customer.length)
  const writer: Writer = { bytes, view: new DataView(bytes.buffer), at: 0 }
  putBytes(writer, utf8ToBytes("TMEV"))
  put8(writer, layoutVersion)
  putBytes(writer, evidence.policyHash.subarray(0, hashBytes))
  putText(writer, program)
  putText(writer, customer)
  put16(writer, Number(evidence.month.slice(0, 4)))
  put8(writer, Number(evidence.month.slice(5, 7)))
  put8(writer, CalendarMonth.days(evidence.month))
  put32(writer, epochDay(evidence.opened))
  put32(writer, epochDay(evidence.closed))
  const { observed, met, derived, waived, conflict } = evidence.days
  for (const bits of [observed, met, derived, waived, conflict]) put32(writer, bits)
  writer.bytes.set(evidence.ledgerHash.subarray(0, hashBytes), writer.at)
  return bytes
}

/**
 * SHA-256 over the evidence's bytes, 32 bytes. Computed at the store, not inside `decide`.
 *
 * **Source** — product rules, "Days": same evidence and policy ⇒ same result; FIPS 180-4.
 */
export const hash = (evidence: Evidence): Uint8Array => sha256(encode(evidence))

/** The same as 64 lower-case hexadecimal digits, for people and JSON. */
export const hashHex = (evidence: Evidence): string => bytesToHex(hash(evidence))
