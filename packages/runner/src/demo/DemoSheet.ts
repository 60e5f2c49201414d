/**
 * The sheet the demo prints: calendar, funnel, one message, one refusal, the carrier's own log, the
 * conservation sum, the report and what to try next.
 *
 * **Source** — surfaces, demo.
 */
import { BankCalendar, Currency, Reason } from "@tidemark/core/rules"
import { Dispositions, type MonthlyReport } from "@tidemark/core/rules/report"
import { join } from "node:path"
import * as MonthCalendar from "../MonthCalendar.ts"
import type * as DemoPlan from "./DemoPlan.ts"
import type { DemoResult } from "./DemoRun.ts"

/** Files the demo wrote. */
export interface ReportPaths {
  readonly json: string
  readonly xlsx: string
  readonly pdf: string
}

/** A price for the cost line: what an Israeli bank pays for one segment, as an example only. */
const examplePriceAgorot = 4

/** The line `demo --json` ends with. */
export const json = (result: DemoResult, report: ReportPaths): Record<string, unknown> => ({
  month: result.story.report.month,
  ...result.story.report.delivery.dispositions,
  duplicates: result.audit.duplicates,
  report
})

const count = (n: number): string => n.toLocaleString("en")

const bar = (n: number, of: number): string => {
  const width = of === 0 ? 0 : Math.round((30 * n) / of)
  return "█".repeat(n > 0 ? Math.max(width, 1) : 0)
}

/** Everything for people, line by line. */
export const text = (
  options: DemoPlan.DemoOptions,
  result: DemoResult,
  paths: ReportPaths
): ReadonlyArray<string> => {
  const { report } = result.story
  return [
    "",
    `Tidemark demo · ${report.month} · ${count(options.customers)} customers · seed ` +
      `${options.seed}`,
    "",
    ...calendar(result),
    "",
    ...funnel(report),
    "",
    ...message(result),
    ...refusal(result),
    ...faults(result),
    "",
    ...conservation(report),
    "",
    `Report       ${paths.json}`,
    `             ${paths.xlsx}`,
    `             ${paths.pdf}`,
    `Took         ${count(Math.round(result.tookMs / 1000))} s for a month of business time`,
    "",
    "Next",
    ...next(options, result)
  ]
}

const calendar = ({ story }: DemoResult): ReadonlyArray<string> => [
  `Captured closing balances of ${story.report.month}`,
  ...MonthCalendar.ofCaptures(story.report.month, BankCalendar.israel([]), story.captured)
]

const funnel = ({ delivery, qualification, summary }: MonthlyReport.MonthlyReport) => {
  const { dispositions } = delivery
  const of = summary.customersMonitored
  const line = (name: string, n: number): string =>
    `  ${name.padEnd(15)}${count(n).padStart(8)}  ${bar(n, of)}`.trimEnd()
  const reasons = Object.entries(qualification.reasons)
    .filter(([code]) => code !== "MET_EVERY_DAY")
    .map(([code, n]) => `${code} ${count(n)}`)
  const unreachable = Object.entries(qualification.unreachable).map(
    ([why, n]) => `${why} ${count(n)}`
  )
  return [
    "Funnel",
    line("customers", of),
    line("not qualified", qualification.notQualified),
    line("undetermined", qualification.undetermined),
    ...(reasons.length === 0 ? [] : [`    ${reasons.join(" · ")}`]),
    line("qualified", qualification.qualified),
    ...Dispositions.summands.map((name) => line(`  ${name}`, dispositions[name])),
    ...(unreachable.length === 0 ? [] : [`    unreachable: ${unreachable.join(" · ")}`])
  ]
}

const message = ({ story }: DemoResult): ReadonlyArray<string> => {
  if (story.message === undefined) return []
  const { size, text: body } = story.message
  const cost = ((size.segments * examplePriceAgorot) / 100).toLocaleString("en", {
    minimumFractionDigits: 2
  })
  return [
    "One message as it was rendered",
    ...body.split("\n").map((line) => `  ${line}`),
    `  ${size.encoding}, ${size.units} units, ${size.segments} ` +
      (size.segments === 1 ? "segment" : "segments") +
      ` (${cost} ILS at an example price of ${examplePriceAgorot} agorot each)`,
    ""
  ]
}

const refusal = ({ story }: DemoResult): ReadonlyArray<string> => {
  const known = story.refusal
  if (known?.decision === null || known?.decision === undefined) return []
  const reasons = known.decision.reasons.map((reason) => `  ${Reason.toText(reason, Currency.ils)}`)
  return [
    `Why customer ${known.customerId} got none`,
    ...reasons,
    ...MonthCalendar.ofCustomer(known.month, known.decision),
    ""
  ]
}

const faults = ({ audit, receipts }: DemoResult): ReadonlyArray<string> => {
  const injected = Object.entries(audit.faults).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return [
    "Faults injected, against the carrier's own log",
    ...injected.map(([kind, n]) => `  ${kind.padEnd(32)}${count(n).padStart(7)}`),
    `  requests ${count(audit.requests)} · accepted ${count(audit.accepted)} for ` +
      `${count(audit.references)} references · refused ${count(audit.refused)} · ` +
      `throttled ${count(audit.throttled)}`,
    `  receipts stored: ${count(receipts.webhook)} pushed by the carrier · ` +
      `${count(receipts.poll)} polled · ${count(receipts.lookup)} found by look-up`,
    `  accepted more than once, or while an earlier one could still arrive: ${audit.duplicates}`
  ]
}

const conservation = (report: MonthlyReport.MonthlyReport): ReadonlyArray<string> => {
  const { dispositions } = report.delivery
  const sum = Dispositions.summands.map((name) => count(dispositions[name])).join(" + ")
  return [
    "Conservation",
    `  ${count(dispositions.population)} = ${count(dispositions.qualified)} + ` +
      `${count(dispositions.notQualified)} + ${count(dispositions.undetermined)}` +
      "   (population = qualified + notQualified + undetermined)",
    `  ${count(dispositions.qualified)} = ${sum}`,
    ...report.conservation.map((check) => `  ${check.holds ? "holds" : "BROKEN"}: ${check.law}`)
  ]
}

const next = (options: DemoPlan.DemoOptions, { story }: DemoResult): ReadonlyArray<string> => {
  const customer = story.refusal?.customerId ?? story.delivered?.customerId ?? "C-0000001"
  const settings = join(options.directory, "tidemark.json")
  return [
    `  npm run --silent tidemark -- explain --customer ${customer} --month ${options.month} ` +
      `--config ${settings}`,
    "  npm run --silent tidemark -- backtest --feed balances.csv   # last year on your own balances"
  ]
}
