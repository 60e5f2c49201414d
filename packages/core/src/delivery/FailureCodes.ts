/**
 * How carriers' words and codes are read: receipt states, and default tables a carrier adapter may
 * start from. Carriers differ; each adapter declares its own table over these.
 *
 * **Source** — SMPP 3.4 §5.2.28, §5.1.3; 3GPP TS 29.002 §17.6.6; original architecture §3.4.
 */
import * as Failure from "./Failure.ts"
import type { Receipt, ReceiptState } from "./Receipt.ts"

const later: Failure.Reading = ["Undeliverable", "retry"]
const never: Failure.Reading = ["Undeliverable", "permanent"]
const badNumber: Failure.Reading = ["InvalidNumber", "permanent"]
const throttled: Failure.Reading = ["QuotaExceeded", "wait"]
const noCredit: Failure.Reading = ["QuotaExceeded", "fix"]
const carrierDown: Failure.Reading = ["ProviderError", "retry"]
const ourFault: Failure.Reading = ["ProviderError", "fix"]

/** A stat word's state, and how its failure is read when no error table says more. */
export interface StatReading {
  readonly state: ReceiptState
  readonly failure: Failure.Reading | null
}

const enroute: StatReading = { state: "enroute", failure: null }

/** Stat words of receipts, with the synonyms carriers use. */
export const stats: Readonly<Record<string, StatReading>> = {
  DELIVRD: { state: "delivered", failure: null },
  EXPIRED: { state: "expired", failure: ["Timeout", "retry"] },
  DELETED: { state: "failed", failure: never },
  UNDELIV: { state: "failed", failure: later },
  FAILED: { state: "failed", failure: later },
  ACCEPTD: enroute,
  ACKED: enroute,
  BUFFRED: enroute,
  BUFFERD: enroute,
  UNKNOWN: { state: "unknown", failure: null },
  REJECTD: { state: "rejected", failure: never },
  ENROUTE: enroute,
  SCHEDULED: enroute,
  SUBMITD: enroute,
  SKIPPED: { state: "failed", failure: never }
}

/** SMPP 3.4/5.0 `message_state`, the octet, as the stat word it stands for. */
export const messageStates: ReadonlyArray<string> = [
  "SCHEDULED",
  "ENROUTE",
  "DELIVRD",
  "EXPIRED",
  "DELETED",
  "UNDELIV",
  "ACCEPTD",
  "UNKNOWN",
  "REJECTD",
  "SKIPPED"
]

/** GSM/MAP error codes, as carriers pass them on in `err:` or `network_error_code`. */
export const gsm: Failure.CodeTable = {
  "1": badNumber,
  "5": later,
  "6": later,
  "9": badNumber,
  "11": never,
  "12": badNumber,
  "13": never,
  "21": never,
  "27": later,
  "31": later,
  "32": later,
  "34": carrierDown
}

/** SMPP `command_status` of a submission, in hexadecimal without prefix. */
export const smppStatus: Failure.CodeTable = {
  "1": ourFault,
  "2": ourFault,
  "3": ourFault,
  "4": carrierDown,
  "5": carrierDown,
  "8": carrierDown,
  A: ourFault,
  B: badNumber,
  D: ourFault,
  E: ourFault,
  F: ourFault,
  "14": throttled,
  "15": ourFault,
  "42": ourFault,
  "43": ourFault,
  "45": carrierDown,
  "48": ourFault,
  "49": ourFault,
  "50": badNumber,
  "51": badNumber,
  "53": ourFault,
  "54": ourFault,
  "55": ourFault,
  "58": throttled,
  "61": ourFault,
  "62": ourFault,
  "63": ourFault,
  "64": carrierDown,
  "65": never,
  "66": never,
  C0: ourFault,
  C1: ourFault,
  C2: ourFault,
  C3: ourFault,
  C4: ourFault,
  FE: never,
  FF: carrierDown
}

/** HTTP statuses of the default REST contract, where the body says no more. */
export const http: Failure.CodeTable = {
  "400": ourFault,
  "401": ourFault,
  "402": noCredit,
  "403": ourFault,
  "408": ["Timeout", "unknown"],
  "413": ourFault,
  "422": ourFault,
  "429": throttled,
  "500": ["ProviderError", "unknown"],
  "502": ["ProviderError", "unknown"],
  "503": ["ProviderError", "unknown"],
  "504": ["Timeout", "unknown"]
}

/** What is read off a code no table names: somebody should look. */
export const unnamed: Failure.Reading = ["ProviderError", "fix"]

/**
 * One receipt from a carrier's words.
 *
 * A word that is not in `stats` is `unknown`: it neither ends nor delivers anything. A negative
 * state is read by the error code where the table names it, else by the word.
 *
 * **Shapes and units** — `code`: the carrier's error code or null; `part`, `parts`: as in `Receipt`
 *
 * **Source** — SMPP 3.4 Appendix B (receipt text); delivery protocol 1.3.
 */
export const readReceipt = (
  stat: string,
  code: string | null,
  table: Failure.CodeTable,
  part = 1,
  parts: number | null = null
): Receipt => {
  const word = stat.trim().toUpperCase()
  const reading = Object.hasOwn(stats, word) ? stats[word] : undefined
  if (reading === undefined) return { state: "unknown", part, parts, failure: null }
  const failure =
    reading.failure === null ? null : Failure.read(table, code ?? word, reading.failure)
  return { state: reading.state, part, parts, failure }
}
