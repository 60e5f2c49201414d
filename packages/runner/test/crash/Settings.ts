/** The settings file of a runner under test. */
import { BusinessDate, CalendarMonth } from "@tidemark/core/rules"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as DemoPlan from "../../src/demo/DemoPlan.ts"

/** Process-time constants of a policy; the rest keeps its defaults. */
export interface Timing {
  readonly leaseMs: number
  readonly requestDeadlineMs: number
  readonly marginMs: number
  readonly networkLifetimeMs: number
}

/** Short enough for many deaths a minute: what protects a message is their order, not their size. */
export const short: Timing = {
  leaseMs: 3000,
  requestDeadlineMs: 800,
  marginMs: 200,
  networkLifetimeMs: 200
}

/** The month every campaign lives through. */
export const monthText = "2026-11"
export const month =
  CalendarMonth.parse(monthText) ?? CalendarMonth.of(BusinessDate.fromEpochDay(0))

export interface SettingsInput {
  readonly folder: string
  readonly name: string
  readonly database: Readonly<Record<string, string>>
  readonly bank: string
  readonly carrier: string
  /** `undefined`: the defaults of the delivery protocol. */
  readonly timing: Timing | undefined
  readonly maxBatch: number
  /** Messages a second the carrier takes; by default 2,000. */
  readonly rate?: number
}

/** Writes the file; its path. */
export const write = (input: SettingsInput): string => {
  const file = join(input.folder, `${input.name}.json`)
  const policy = {
    qualification: { approval: "automatic" },
    message: { messageClass: "service", sender: { id: "BankPremium", canReceiveReplies: false } },
    ...(input.timing === undefined ? {} : { delivery: input.timing }),
    schedule: { startsOn: DemoPlan.startsOn(month) }
  }
  const document = {
    Program: {
      Name: DemoPlan.program,
      Environment: "test",
      Policies: [{ EffectiveFrom: monthText, Policy: policy }]
    },
    Database: input.database,
    Banking: { ApiUrl: input.bank },
    SmsCarrier: {
      ApiUrl: input.carrier,
      Account: "sandbox",
      Sandbox: true,
      MaxBatch: input.maxBatch,
      RatePerSecond: input.rate ?? 2000
    },
    Secrets: { ClientReferenceKey: "11".repeat(32), DataKey: "22".repeat(32) },
    Schedule: { ScanSeconds: 1 }
  }
  writeFileSync(file, JSON.stringify(document))
  return file
}
