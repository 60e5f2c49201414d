/** The stage commands: each runs one stage of what is due and prints what it did. */
import {
  CaptureDay,
  IssueReport,
  Program,
  ProgramStore,
  Reconcile,
  Tick,
  TrackDue
} from "@tidemark/core/effect"
import { BusinessDate, CalendarMonth, Instant, ZonedTime } from "@tidemark/core/rules"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as BusinessTime from "../BusinessTime.ts"
import * as Operate from "../Operate.ts"
import * as ReportFile from "../ReportFile.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput, CommandFailed } from "../TerminalFailure.ts"

type Now = BusinessTime.NowFlag

const printed = (context: CommandContext, result: Tick.TickResult): void => {
  const nextWakeAt = Instant.toIso(result.nextWakeAtMs)
  if (context.json) {
    context.out.json({
      done: result.done,
      late: result.late,
      nextWakeAt,
      recheck: result.recheck,
      more: result.more
    })
    return
  }
  if (result.done.length === 0) context.out.line("nothing was due")
  for (const { count, subject, work } of result.done) {
    context.out.line(`${work}${subject === "" ? "" : ` ${subject}`}: ${count}`)
  }
  for (const { subject, work } of result.late) context.out.line(`late: ${work} ${subject}`)
  context.out.line(`next at ${nextWakeAt}`)
}

/** Whatever is due of these roles. */
const roles = (wanted: ReadonlyArray<Tick.Role>) => (input: Now, context: CommandContext) =>
  Operate.withEverything(
    context,
    Effect.gen(function* () {
      const nowMs = yield* BusinessTime.given(input)
      const time = nowMs === undefined ? {} : { nowMs }
      printed(context, yield* Tick.tick({ ...time, roles: wanted }))
    })
  )

export const tick = roles(Tick.allRoles)
export const dispatch = roles(["notify"])

/** Sends nothing: unknown outcomes are asked about, receipts polled and folded, timers applied. */
export const track = (input: Now, context: CommandContext): Promise<void> =>
  Operate.withEverything(
    context,
    Effect.gen(function* () {
      const nowMs = yield* BusinessTime.given(input)
      const time = nowMs === undefined ? Clock.currentTimeMillis : Effect.succeed(nowMs)
      const reconciled = yield* Reconcile.reconcile(time)
      const { folded, polled, stored, timers } = yield* TrackDue.trackDue(time)
      if (context.json) return context.out.json({ reconciled, polled, stored, folded, timers })
      context.out.line(
        `${reconciled} unknown outcomes asked about, ${polled} messages polled, ` +
          `${stored} receipts stored, ${folded} folded, ${timers} timers applied`
      )
    })
  )

const dateOf = (text: string): BusinessDate.BusinessDate => {
  const date = BusinessDate.parse(text)
  if (date === undefined) throw new BadInput({ reason: `--date ${text}: no such date` })
  return date
}

const monthOf = (text: string): CalendarMonth.CalendarMonth => {
  const month = CalendarMonth.parse(text)
  if (month === undefined) throw new BadInput({ reason: `--month ${text}: no such month` })
  return month
}

/** One date by name, asked for again where it was captured; else what is due. */
export const capture = (
  input: Now & { readonly date: Option.Option<string> },
  context: CommandContext
): Promise<void> => {
  if (Option.isNone(input.date)) return roles(["capture"])(input, context)
  const businessDate = dateOf(input.date.value)
  return Operate.withEverything(
    context,
    Effect.gen(function* () {
      const nowMs = (yield* BusinessTime.given(input)) ?? (yield* Clock.currentTimeMillis)
      const { zone } = yield* Program.Program
      if (businessDate >= ZonedTime.businessDateAt(nowMs, zone)) {
        const reason = `--date ${businessDate}: the day is not over yet`
        return yield* Effect.fail(new BadInput({ reason }))
      }
      const outcome = yield* CaptureDay.captureDay({ businessDate, again: true, nowMs })
      if (context.json) return context.out.json({ businessDate, ...outcome })
      if (outcome._tag !== "Captured") {
        return context.out.line(`${businessDate}: ${notCaptured[outcome._tag]}`)
      }
      const { conflicts, issues, stored, superseded } = outcome
      context.out.line(
        `${businessDate}: ${stored} stored, ${superseded} superseded, ` +
          `${conflicts} in conflict, ${issues} issues`
      )
    })
  )
}

const notCaptured = {
  Busy: "another process is capturing it",
  AlreadyCaptured: "captured already",
  TakenOver: "another process went on with it"
} as const

/** What is due; then what each month, or the one asked for, has come to. */
export const qualify = (
  input: Now & { readonly month: Option.Option<string> },
  context: CommandContext
): Promise<void> => {
  const only = Option.getOrUndefined(Option.map(input.month, monthOf))
  return Operate.withEverything(
    context,
    Effect.gen(function* () {
      const nowMs = yield* BusinessTime.given(input)
      const time = nowMs === undefined ? {} : { nowMs }
      printed(context, yield* Tick.tick({ ...time, roles: ["qualify", "report"] }))
      const store = yield* ProgramStore
      const ledger = yield* store.ledger({ nowMs: nowMs ?? (yield* Clock.currentTimeMillis) })
      const rows = ledger.months.filter((row) => only === undefined || only === row.month)
      for (const row of rows) {
        if (context.json) context.out.json(row)
        else {
          context.out.line(
            `${row.month} ${row.status}: ${row.qualified} of ${row.population} qualified, ` +
              `${row.undetermined} undetermined` +
              (row.contentHash === null ? "" : `; hash ${row.contentHash}`)
          )
        }
      }
      if (only !== undefined && rows.length === 0) {
        const reason = `${only} is not decided yet: its balances are incomplete, or it is not over`
        return yield* Effect.fail(new CommandFailed({ reason }))
      }
    })
  )
}

export const approve = (
  input: Now & { readonly month: string; readonly hash: string; readonly by: string },
  context: CommandContext
): Promise<void> =>
  Operate.withEverything(
    context,
    Effect.gen(function* () {
      const month = monthOf(input.month)
      const nowMs = (yield* BusinessTime.given(input)) ?? (yield* Clock.currentTimeMillis)
      const program = yield* Program.Program
      const store = yield* ProgramStore
      const { qualification } = program.policyFor(month).policy
      const outcome = yield* store.approve({
        month,
        hash: input.hash,
        by: input.by,
        nowMs,
        required: qualification.approval === "automatic" ? 1 : 2
      })
      if (outcome._tag === "Approved" || outcome._tag === "NeedsSecondPerson") {
        if (context.json) context.out.json({ month, outcome: outcome._tag })
        else context.out.line(approvals[outcome._tag])
        return
      }
      return yield* Effect.fail(new BadInput({ reason: refusals[outcome._tag] }))
    })
  )

const approvals = {
  Approved: "approved: it is released by the next `tidemark dispatch` or `tidemark tick`",
  NeedsSecondPerson: "approved by one person: a second one must approve the same hash"
} as const

const refusals = {
  NotDecided: "the month is not decided yet: run `tidemark qualify`",
  AlreadyReleased: "the month is released already",
  HashMismatch: "the hash is not that of the decisions: look at them again with `tidemark qualify`",
  SamePerson: "the same person cannot approve twice"
} as const

interface ReportInput extends Now {
  readonly month: string
  readonly format: ReportFile.Format
  readonly language: "he" | "en"
  readonly out: Option.Option<string>
}

/** The issued report; else the figures of now, of a month of which something is known. */
const currentReport = Effect.fnUntraced(function* (
  month: CalendarMonth.CalendarMonth,
  input: ReportInput
) {
  const store = yield* ProgramStore
  const issued = yield* store.report({ month, version: null })
  if (issued !== null) return { json: issued.json, report: ReportFile.read(issued.json) }
  const nowMs = (yield* BusinessTime.given(input)) ?? (yield* Clock.currentTimeMillis)
  const { captures, months } = yield* store.ledger({ nowMs })
  const isKnown =
    months.some((row) => row.month === month) ||
    captures.some(({ businessDate }) => CalendarMonth.of(businessDate) === month)
  if (!isKnown) {
    return yield* Effect.fail(new BadInput({ reason: `nothing is known of ${month} yet` }))
  }
  const report = yield* IssueReport.makeReport(month, "provisional", nowMs)
  if ("_tag" in report) return yield* Effect.die(new Error("a provisional report was refused"))
  return { json: JSON.stringify(report), report }
})

/** On stdout as JSON, or in a file as what was asked for. */
export const report = (input: ReportInput, context: CommandContext): Promise<void> => {
  const month = monthOf(input.month)
  const file = Option.getOrUndefined(input.out)
  const { format, language } = input
  if (format !== "json" && file === undefined) {
    throw new BadInput({ reason: `--format ${format} needs --out FILE` })
  }
  return Operate.withEverything(
    context,
    Effect.gen(function* () {
      const { json, report } = yield* currentReport(month, input)
      if (file === undefined) return context.out.line(json)
      const trend = yield* ReportFile.earlier(month)
      const content =
        format === "json"
          ? `${json}\n`
          : yield* ReportFile.bytes(report, format, { language, trend })
      yield* Effect.try({
        try: () => ReportFile.write(file, content),
        catch: (error) => error as BadInput
      })
      if (context.json) context.out.json({ month, version: report.version, format, file })
      else context.out.line(`${month} ${report.version}: ${file}`)
    })
  )
}
