/**
 * `tidemark report`: prints a month's report or writes it as a file; restates it first where that
 * is asked for.
 *
 * **Guarantee** — customers are listed only where `--annex` asks for them; a report whose totals do
 * not add up is refused in one line, and no file is left.
 *
 * **Source** — surfaces, report; product rules, Report and Dispositions.
 */
import { IssueReport, ProgramStore, refusal, type ReportRendererError } from "@tidemark/core/effect"
import { CalendarMonth } from "@tidemark/core/rules"
import type { Dispositions, MonthlyReport } from "@tidemark/core/rules/report"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as BusinessTime from "../BusinessTime.ts"
import * as Operate from "../Operate.ts"
import * as ReportFile from "../ReportFile.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput, CommandFailed } from "../TerminalFailure.ts"
import { monthOf } from "./MonthFlag.ts"

/** The flags as they were given. */
export interface ReportInput extends BusinessTime.NowFlag {
  readonly month: string
  readonly issued: Option.Option<string>
  readonly restate: boolean
  readonly format: ReportFile.Format
  readonly language: "he" | "en"
  readonly annex: boolean
  readonly by: Option.Option<string>
  readonly out: Option.Option<string>
}

/** A checked input. */
export interface Asked extends Omit<ReportInput, "month" | "issued" | "out" | "by"> {
  readonly month: CalendarMonth.CalendarMonth
  readonly issued: string | null
  readonly file: string | undefined
  /** Who asks; always there with the annex. */
  readonly by: string
}

/** First match wins. */
const refusalOf = (input: ReportInput): string | undefined => {
  const { annex, by, format, issued, out, restate } = input
  if (annex && format !== "xlsx") {
    return "--annex lists customers in a workbook: add --format xlsx --out FILE"
  }
  if (annex && Option.getOrElse(by, () => "").trim() === "") {
    return "--annex names customers, and the audit keeps who asked: add --by WHO"
  }
  if (format !== "json" && Option.isNone(out)) return `--format ${format} needs --out FILE`
  if (Option.isNone(issued)) return undefined
  if (restate) return "--restate issues a new version: leave --issued out"
  return annex ? "--annex lists customers as they are now: leave --issued out" : undefined
}

const checked = (input: ReportInput): Asked => {
  const month = monthOf(input.month)
  const reason = refusalOf(input)
  if (reason !== undefined) throw new BadInput({ reason })
  const issued = Option.getOrNull(input.issued)
  const by = Option.getOrElse(input.by, () => "").trim()
  return { ...input, month, issued, by, file: Option.getOrUndefined(input.out) }
}

const lawsOf = (checks: ReadonlyArray<Dispositions.ConservationCheck>): string =>
  checks
    .filter(({ holds }) => !holds)
    .map(({ law, left, right }) => `${law} (${left} ≠ ${right})`)
    .join("; ")

/** Issues a further version where the month has changed; the reason where that is impossible. */
const restated = Effect.fnUntraced(function* (month: CalendarMonth.CalendarMonth, nowMs: number) {
  const outcome = yield* IssueReport.restateReport(month, nowMs)
  if (!("_tag" in outcome) || outcome._tag === "Unchanged") return
  const fail = (reason: string) => new CommandFailed({ reason: `${month}: ${reason}` })
  if (outcome._tag === "NoFinalReport") {
    return yield* fail("there is no final report to restate yet")
  }
  return yield* outcome.reason === "PENDING"
    ? fail("a message is on its way again: restate when it has come to its end")
    : fail(`not restated, because the totals do not add up: ${lawsOf(outcome.checks)}`)
})

/** The issued report; else the figures of now, of a month of which something is known. */
const current = Effect.fnUntraced(function* (asked: Asked, nowMs: number) {
  const { annex, issued: version, month } = asked
  const store = yield* ProgramStore
  const issued = yield* store.report({ month, version })
  // The approver's sheet tells of before the release: customers are listed beside what is now.
  const isOutdated = annex && issued?.version === "provisional"
  if (issued !== null && !isOutdated) {
    return { json: issued.json, report: ReportFile.read(issued.json) }
  }
  if (version !== null) {
    return yield* new BadInput({ reason: `--issued ${version}: ${month} has no such report` })
  }
  const { captures, months } = yield* store.ledger({ nowMs })
  const isKnown =
    months.some((row) => row.month === month) ||
    captures.some(({ businessDate }) => CalendarMonth.of(businessDate) === month)
  if (!isKnown) return yield* new BadInput({ reason: `nothing is known of ${month} yet` })
  const report = yield* IssueReport.makeReport(month, "provisional", nowMs)
  if ("_tag" in report) return yield* Effect.die(new Error("a provisional report was refused"))
  return { json: JSON.stringify(report), report }
})

type Report = MonthlyReport.MonthlyReport

/** What a person can do about a report that must not be shown. */
const told =
  ({ month, version }: Report) =>
  (error: ReportRendererError | BadInput): BadInput | CommandFailed => {
    if (error._tag === "BadInput") return error
    const about = `${month} ${version}`
    if (error.reason === "Miscount" && error.detail.startsWith("annex: ")) {
      const reason =
        `${about}: the customers are no longer those the report counted (${error.detail}): ` +
        "issue it again with --restate"
      return new CommandFailed({ reason })
    }
    return error.reason === "Miscount"
      ? new CommandFailed({ reason: `${about}: its totals do not add up: ${error.detail}` })
      : new CommandFailed({ reason: `${about}: ${error.message}` })
  }

/** Whoever takes the list of customers is in the audit before the file is there. */
const kept = Effect.fnUntraced(function* ({ by, month }: Asked, report: Report, nowMs: number) {
  const store = yield* ProgramStore
  const subject = `${month} ${report.version}`
  yield* store.recordAccess({ nowMs, by, what: "report.annex", subject })
})

/** Does what was asked, over a store and a program. */
export const written = Effect.fnUntraced(function* (asked: Asked, context: CommandContext) {
  const { annex, file, format, language, month } = asked
  const nowMs = (yield* BusinessTime.given(asked)) ?? (yield* Clock.currentTimeMillis)
  if (asked.restate) yield* restated(month, nowMs)
  const { json, report } = yield* current(asked, nowMs)
  const refused = refusal(report, { language }, true)
  if (refused !== undefined) return yield* told(report)(refused)
  if (file === undefined) return context.out.line(json)
  if (format === "json") yield* ReportFile.write(file, ReportFile.text(`${json}\n`))
  else {
    const trend = yield* ReportFile.earlier(month)
    const rows = annex ? { annex: yield* IssueReport.annex(month) } : {}
    if (annex) yield* kept(asked, report, nowMs)
    yield* ReportFile.render(file, report, format, { language, trend, ...rows }).pipe(
      Effect.mapError(told(report))
    )
  }
  if (context.json) context.out.json({ month, version: report.version, format, annex, file })
  else context.out.line(`${month} ${report.version}: ${file}`)
})

/** The handler. */
export const report = (input: ReportInput, context: CommandContext): Promise<void> => {
  const asked = checked(input)
  // What is issued must be what was written; what is only printed may be a second behind.
  const reads = asked.restate ? "primary" : "replica"
  return Operate.withEverything(context, written(asked, context), reads)
}
