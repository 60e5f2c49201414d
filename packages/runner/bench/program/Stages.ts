/** The stages of a month as an operator runs them, each measured. */
import { BankCalendar, BusinessDate, CalendarMonth, ZonedTime } from "@tidemark/core/rules"
import * as DemoPlan from "../../src/demo/DemoPlan.ts"
import * as Meter from "../Meter.ts"
import type { Place } from "./Place.ts"
import * as Watched from "./Watched.ts"

/** One stage: what it did, and what that took of this machine, the sandboxes not counted. */
export interface Stage {
  readonly stage: string
  readonly items: number
  readonly wallMs: number
  /** Processor time of the runners, and of the database; `null` where it is elsewhere. */
  readonly runnerMs: number
  readonly databaseMs: number | null
  /** Of the runner that needed most. */
  readonly peakMb: number
}

type Report = (stage: Stage) => void

const zone = "Asia/Jerusalem"
const calendar = BankCalendar.israel([])

const at = (date: BusinessDate.BusinessDate, minute: number): number =>
  ZonedTime.instantMsAt(date, minute, zone)

const measured = async (
  place: Place,
  stage: string,
  nowMs: number,
  work: () => Promise<{
    readonly items: number
    readonly taken: ReadonlyArray<Watched.Taken>
  }>
): Promise<Stage> => {
  await place.tell(nowMs)
  const before = place.server === null ? null : Meter.serverMs(place.server)
  const start = performance.now()
  const { items, taken } = await work()
  const wallMs = performance.now() - start
  return {
    stage,
    items,
    wallMs,
    runnerMs: taken.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    databaseMs:
      before === null || place.server === null ? null : Meter.serverMs(place.server) - before,
    peakMb: Math.max(0, ...taken.map(({ peakMb }) => peakMb))
  }
}

const add = (left: Stage, right: Stage): Stage => ({
  stage: left.stage,
  items: left.items + right.items,
  wallMs: left.wallMs + right.wallMs,
  runnerMs: left.runnerMs + right.runnerMs,
  databaseMs:
    left.databaseMs === null || right.databaseMs === null
      ? null
      : left.databaseMs + right.databaseMs,
  peakMb: Math.max(left.peakMb, right.peakMb)
})

const objectOf = (line: string): Record<string, unknown> => {
  const value: unknown = JSON.parse(line)
  return typeof value === "object" && value !== null ? { ...value } : {}
}

const numberIn = (value: Record<string, unknown>, name: string): number => {
  const found = value[name]
  return typeof found === "number" ? found : 0
}

/** The sum of what a tick did of these works. */
const done = ({ lines }: Watched.Taken, works: ReadonlyArray<string>): number => {
  let sum = 0
  const { done } = objectOf(lines[0] ?? "{}")
  for (const each of Array.isArray(done) ? done : []) {
    const item: Record<string, unknown> = { ...each }
    if (works.includes(String(item["work"]))) sum += numberIn(item, "count")
  }
  return sum
}

const args = (place: Place, nowMs: number, command: ReadonlyArray<string>) => [
  ...command,
  "--config",
  place.settings,
  "--json",
  "--now",
  new Date(nowMs).toISOString()
]

/** The same command in several processes at once. */
const together = (place: Place, nowMs: number, command: ReadonlyArray<string>, runners: number) =>
  Promise.all(Array.from({ length: runners }, () => Watched.run(args(place, nowMs, command))))

const capture = async (place: Place): Promise<Stage> => {
  const first = DemoPlan.startsOn(place.month)
  const last = CalendarMonth.last(place.month)
  let total: Stage | undefined
  for (let date = first; date <= last; date = BusinessDate.addDays(date, 1)) {
    if (!BankCalendar.isBusinessDay(calendar, date)) continue
    const nowMs = at(BusinessDate.addDays(date, 1), 3 * 60)
    const stage = await measured(place, "capture", nowMs, async () => {
      const taken = await Watched.run(args(place, nowMs, ["capture", "--date", date]))
      return { items: numberIn(objectOf(taken.lines[0] ?? "{}"), "stored"), taken: [taken] }
    })
    total = total === undefined ? stage : add(total, stage)
  }
  if (total === undefined) throw new Error("no business day")
  return total
}

/** Repeats a stage in so many processes until one round of it did nothing. */
const untilDone = async (
  place: Place,
  stage: string,
  nowMs: number,
  runners: number,
  round: { readonly command: string; readonly items: (taken: Watched.Taken) => number }
): Promise<Stage> => {
  let total: Stage | undefined
  for (;;) {
    const next = await measured(place, stage, nowMs, async () => {
      const taken = await together(place, nowMs, [round.command], runners)
      return { items: taken.reduce((sum, one) => sum + round.items(one), 0), taken }
    })
    total = total === undefined ? next : add(total, next)
    if (next.items === 0) return total
  }
}

/**
 * Lives the month through real commands: captures, decision, release and submission, receipts, the
 * final report. `runners` processes share what can be shared.
 */
export const live = async (
  place: Place,
  customers: number,
  runners: number,
  report: Report
): Promise<void> => {
  const tell = async (stage: Promise<Stage>): Promise<Stage> => {
    const known = await stage
    report(known)
    return known
  }
  const after = BusinessDate.addDays(CalendarMonth.last(place.month), 1)
  await Watched.run(["migrate", "--config", place.settings])
  await tell(capture(place))
  const decideMs = at(after, 5 * 60)
  await tell(
    measured(place, "month end", decideMs, async () => {
      const taken = await Watched.run(args(place, decideMs, ["qualify", "--month", place.month]))
      return { items: customers, taken: [taken] }
    })
  )
  const sendMs = at(after, 10 * 60)
  await tell(
    untilDone(place, "release and dispatch", sendMs, runners, {
      command: "dispatch",
      items: (taken) => done(taken, ["submit"])
    })
  )
  const pollMs = sendMs + 3 * 3_600_000
  await tell(
    untilDone(place, "receipts", pollMs, runners, {
      command: "track",
      items: ({ lines }) => numberIn(objectOf(lines[0] ?? "{}"), "folded")
    })
  )
  await tell(
    measured(place, "report", pollMs, async () => {
      const ticked = await Watched.run(args(place, pollMs, ["tick"]))
      const issued = await Watched.run(
        args(place, pollMs, ["report", "--month", place.month, "--format", "json"])
      )
      return { items: customers, taken: [ticked, issued] }
    })
  )
}
