/** The stage commands: each runs one stage of what is due and prints what it did. */
import {
  CaptureDay,
  Program,
  ProgramStore,
  Reconcile,
  Tick,
  TrackDue,
  WaitingForPeople
} from "@tidemark/core/effect"
import { BusinessDate, Instant, ZonedTime } from "@tidemark/core/rules"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as BusinessTime from "../BusinessTime.ts"
import * as Operate from "../Operate.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput, CommandFailed } from "../TerminalFailure.ts"
import { monthOf } from "./MonthFlag.ts"
import * as WaitingWords from "./WaitingWords.ts"

type Now = BusinessTime.NowFlag

const printed = Effect.fnUntraced(function* (
  { json, out }: CommandContext,
  result: Tick.TickResult,
  nowMs: number
) {
  const waiting = yield* WaitingForPeople.look(nowMs)
  const nextWakeAt = Instant.toIso(result.nextWakeAtMs)
  if (json) {
    const { done, late, more, recheck } = result
    return out.json({
      done,
      late,
      waiting: waiting.map(WaitingWords.jsonOf),
      nextWakeAt,
      recheck,
      more
    })
  }
  if (result.done.length === 0) out.line("nothing was due")
  for (const { count, subject, work } of result.done) {
    out.line(`${work}${subject === "" ? "" : ` ${subject}`}: ${count}`)
  }
  for (const { subject, work } of result.late) out.line(`late: ${work.toLowerCase()} ${subject}`)
  for (const one of waiting) for (const line of WaitingWords.linesOf(one)) out.line(line)
  out.line(`next at ${nextWakeAt}`)
})

/** Whatever is due of these roles. */
const roles = (wanted: ReadonlyArray<Tick.Role>) => (input: Now, context: CommandContext) =>
  Operate.withEverything(
    context,
    Effect.gen(function* () {
      const given = yield* BusinessTime.given(input)
      const time = given === undefined ? {} : { nowMs: given }
      const result = yield* Tick.tick({ ...time, roles: wanted })
      yield* printed(context, result, given ?? (yield* Clock.currentTimeMillis))
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
      for (const one of yield* WaitingForPeople.look(nowMs)) {
        if (one._tag !== "EmptyDate" || one.businessDate !== businessDate) continue
        for (const line of WaitingWords.linesOf(one)) context.out.line(line)
      }
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
      const given = yield* BusinessTime.given(input)
      const time = given === undefined ? {} : { nowMs: given }
      const result = yield* Tick.tick({ ...time, roles: ["qualify", "report"] })
      const nowMs = given ?? (yield* Clock.currentTimeMillis)
      yield* printed(context, result, nowMs)
      const store = yield* ProgramStore
      const ledger = yield* store.ledger({ nowMs })
      const known = ledger.months.filter((row) => row.status !== "open")
      const rows = known.filter((row) => only === undefined || only === row.month)
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
        const reason = `${only} is not decided yet: it is not over, or waits for what is told above`
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
      const waiting = yield* store.pendingRedecisions({ limit: redecisionsRead })
      if (waiting.some((redecision) => redecision.month === month)) {
        const reason =
          `balances of ${month} have changed since it was decided: run \`tidemark qualify ` +
          `--month ${month}\`, look at it, and approve the hash it prints`
        return yield* Effect.fail(new BadInput({ reason }))
      }
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

/** Enough to find one of the month; the release waits for all of them in any case. */
const redecisionsRead = 1000

const approvals = {
  Approved: "approved: it is released by the next `tidemark dispatch` or `tidemark tick`",
  NeedsSecondPerson: "approved by one person: a second one must approve the same hash"
} as const

const refusals = {
  NotDecided: "the month is not decided yet: run `tidemark qualify`",
  AlreadyReleased: "the month is released already",
  HashMismatch:
    "the hash is not that of the decisions: they have changed, or it was mistyped; look at them " +
    "again with `tidemark qualify` and approve the hash it prints",
  SamePerson: "the same person cannot approve twice: somebody else must"
} as const
