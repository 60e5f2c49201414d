/**
 * The calls that change nothing: one customer's month, a month's report, all months.
 *
 * **Source** — architecture, Embedding.
 */
import * as Effect from "effect/Effect"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { MonthlyReport } from "../report/MonthlyReport.ts"
import { makeReport } from "../workflows/IssueReport.ts"
import { Program } from "../workflows/Program.ts"
import * as Explaining from "./Explaining.ts"
import { businessMs, parsed } from "./GivenTime.ts"
import * as Instants from "./Instants.ts"
import type { CallOptions, MonthSummary } from "./TidemarkTypes.ts"

export const explain = Effect.fnUntraced(function* (customerId: string, text: string) {
  const month = yield* parsed(() => Instants.month(text))
  const { policyFor } = yield* Program
  const store = yield* ProgramStore
  return Explaining.of(yield* store.customerMonth({ customerId, month }), policyFor(month))
})

export const report = Effect.fnUntraced(function* (text: string, options?: CallOptions) {
  const month = yield* parsed(() => Instants.month(text))
  const store = yield* ProgramStore
  const issued = yield* store.report({ month, version: null })
  // What the store gives back is what this program wrote.
  if (issued !== null) return JSON.parse(issued.json) as MonthlyReport
  const made = yield* makeReport(month, "provisional", yield* businessMs(options))
  return "_tag" in made ? yield* Effect.die(new Error("a provisional report was refused")) : made
})

export const months = Effect.fnUntraced(function* (options?: CallOptions) {
  const store = yield* ProgramStore
  const ledger = yield* store.ledger({ nowMs: yield* businessMs(options) })
  return ledger.months.map((row): MonthSummary => ({
    month: row.month,
    status: row.status,
    hash: row.contentHash,
    population: row.population,
    qualified: row.qualified,
    notQualified: row.notQualified,
    undetermined: row.undetermined,
    approvedBy: row.approvedBy,
    decidedAt: Explaining.iso(row.decidedMs),
    releasedAt: Explaining.iso(row.releasedMs),
    closedAt: Explaining.iso(row.closedMs)
  }))
})
