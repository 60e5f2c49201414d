/**
 * What the demo plays: the bank's policy, the faults its sandbox bank and carrier inject, and the
 * settings that join them. Everything follows from seed, number of customers and month.
 */
import { BankCalendar, type BusinessDate, CalendarMonth } from "@tidemark/core/rules"
import type { SandboxScript } from "@tidemark/core/sandbox"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Config from "../Config.ts"
import { BadInput } from "../TerminalFailure.ts"

export interface DemoOptions {
  readonly customers: number
  readonly month: CalendarMonth.CalendarMonth
  readonly seed: number
  readonly directory: string
}

export const program = "premium-retail"
export const zone = "Asia/Jerusalem"

/** The last business day before the month: its balance covers a month that begins closed. */
export const startsOn = (month: CalendarMonth.CalendarMonth): BusinessDate.BusinessDate => {
  const calendar = BankCalendar.israel([])
  const first = CalendarMonth.first(month)
  return BankCalendar.previousBusinessDay(calendar, first) ?? first
}

/**
 * The default policy with automatic approval, and with the process-time constants of a network that
 * is only loopback. Business time keeps its defaults: six hours between attempts, 72 h to confirm.
 */
const policy = (month: CalendarMonth.CalendarMonth): unknown => ({
  qualification: { approval: "automatic" },
  message: {
    messageClass: "service",
    sender: { id: "BankPremium", canReceiveReplies: false }
  },
  delivery: {
    leaseMs: 30_000,
    requestDeadlineMs: 600,
    marginMs: 1000,
    networkLifetimeMs: 200
  },
  schedule: { startsOn: startsOn(month) }
})

/** Faults of the carrier: some strike requests, some messages, some receipts. */
export const carrierScript: SandboxScript.CarrierScript = [
  { on: "submit", kind: "timeout-after-accept", nth: 2 },
  { on: "submit", kind: "429", nth: 3, retryAfterSeconds: 1 },
  { on: "submit", kind: "5xx-after-accept", nth: 5 },
  { on: "submit", kind: "5xx-before-accept", nth: 7 },
  { on: "submit", kind: "reset-after-accept", nth: 9 },
  { on: "message", kind: "throttle", share: 0.02, times: 4 },
  { on: "message", kind: "refuse-invalid-number", share: 0.01 },
  { on: "message", kind: "omit-after-accept", share: 0.01, times: 8 },
  { on: "receipt", kind: "absent-subscriber", share: 0.04 },
  { on: "receipt", kind: "never", share: 0.01 },
  { on: "receipt", kind: "duplicate", share: 0.05 },
  { on: "receipt", kind: "late", share: 0.03 },
  { on: "receipt", kind: "out-of-order", share: 0.05 },
  { on: "receipt", kind: "contradictory", share: 0.01 },
  { on: "receipts", kind: "5xx", nth: 2 },
  { on: "lookup", kind: "5xx", nth: 1 },
  // Polling is the second source: what a push loses, a poll finds.
  { on: "webhook", kind: "drop", nth: 2 },
  { on: "webhook", kind: "wrong-signature", nth: 3 },
  { on: "webhook", kind: "duplicate-push", nth: 4 },
  { on: "webhook", kind: "unknown-reference", nth: 5 }
]

/** Faults of the bank's feed: one bad row, one outage. */
export const bankScript = (month: CalendarMonth.CalendarMonth): SandboxScript.BankScript => [
  {
    on: "row",
    kind: "malformed-amount",
    date: CalendarMonth.dateAt(month, 8),
    nth: 3
  },
  { on: "balances", kind: "5xx", nth: 4 }
]

/** From here on a month has requests enough for every fault, whatever their size. */
const manyCustomers = 5000

/**
 * Writes the settings file of the demo, so that every command works on its folder, and reads it as
 * any other.
 */
export const settings = (
  options: DemoOptions,
  urls: { readonly bank: string; readonly carrier: string }
): Config.RunnerSettings => {
  const file = join(options.directory, "tidemark.json")
  const document = {
    Program: {
      Name: program,
      Environment: "demo",
      Policies: [{ EffectiveFrom: options.month, Policy: policy(options.month) }]
    },
    Database: { Directory: join(options.directory, "tidemark-data") },
    Banking: { ApiUrl: urls.bank },
    SmsCarrier: {
      ApiUrl: urls.carrier,
      Account: "sandbox",
      Sandbox: true,
      // Small requests, so that a small demo meets every fault; a sandbox need not be spared.
      MaxBatch: options.customers < manyCustomers ? 100 : 500,
      RatePerSecond: 2000
    }
  }
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`)
  return Config.read(file, {})
}

/** The options of a demo, checked. */
export const options = (input: {
  readonly customers: number
  readonly month: string
  readonly seed: number
  readonly directory: string
}): DemoOptions => {
  const month = CalendarMonth.parse(input.month)
  if (month === undefined) throw new BadInput({ reason: `--month ${input.month}: no such month` })
  if (input.customers < 1 || input.customers > 1_000_000) {
    throw new BadInput({ reason: `--customers ${input.customers}: 1 to 1,000,000` })
  }
  return { customers: input.customers, month, seed: input.seed, directory: input.directory }
}
