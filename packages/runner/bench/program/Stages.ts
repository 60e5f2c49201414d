/** The stages of a month as an operator runs them, each measured. */
import { setTimeout as sleep } from "node:timers/promises"
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
  /** The longest time a transaction was seen open, by looks every 100 ms. */
  readonly longestMs: number
}

type Report = (stage: Stage) => void

const zone = "Asia/Jerusalem"
const calendar = BankCalendar.israel([])

const at = (date: BusinessDate.BusinessDate, minute: number): number =>
  ZonedTime.instantMsAt(date, minute, zone)

const lookEveryMs = 100

/** Looks at the open transactions until it is ended; gives the longest seen. */
const watched = (place: Place) => {
  const ending = new AbortController()
  const looking = (async () => {
    let longestMs = 0
    while (!ending.signal.aborted) {
      longestMs = Math.max(longestMs, await place.database.openTransactionMs())
      await sleep(lookEveryMs)
    }
    return longestMs
  })()
  return async (): Promise<number> => {
    ending.abort()
    return looking
  }
}

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
  const { server } = place.database
  const before = server === null ? null : Meter.serverMs(server)
  const unwatched = watched(place)
  const start = performance.now()
  const { items, taken } = await work().finally(unwatched)
  const wallMs = performance.now() - start
  return {
    stage,
    items,
    wallMs,
    runnerMs: taken.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    databaseMs: before === null || server === null ? null : Meter.serverMs(server) - before,
    peakMb: Math.max(0, ...taken.map(({ peakMb }) => peakMb)),
    longestMs: await unwatched()
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
  peakMb: Math.max(left.peakMb, right.peakMb),
  longestMs: Math.max(left.longestMs, right.longestMs)
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

const told = async (stage: Promise<Stage>, report: Report): Promise<void> => {
  report(await stage)
}

const monthsEnd = (place: Place) => BusinessDate.addDays(CalendarMonth.last(place.month), 1)

/** The first half of a month through real commands: every capture, and the decision. */
export const decide = async (place: Place, customers: number, report: Report): Promise<void> => {
  await Watched.run(["migrate", "--config", place.settings])
  await told(capture(place), report)
  const nowMs = at(monthsEnd(place), 5 * 60)
  const qualify = async () => {
    const taken = await Watched.run(args(place, nowMs, ["qualify", "--month", place.month]))
    return { items: customers, taken: [taken] }
  }
  await told(measured(place, "month end", nowMs, qualify), report)
}

/**
 * The second half: release and submission, receipts, the final report. `runners` processes share
 * what can be shared.
 */
export const deliver = async (
  place: Place,
  customers: number,
  runners: number,
  report: Report
): Promise<void> => {
  const sendMs = at(monthsEnd(place), 10 * 60)
  const dispatch = {
    command: "dispatch",
    items: (taken: Watched.Taken) => done(taken, ["submit"])
  }
  await told(untilDone(place, "release and dispatch", sendMs, runners, dispatch), report)
  const pollMs = sendMs + 3 * 3_600_000
  const track = {
    command: "track",
    items: ({ lines }: Watched.Taken) => numberIn(objectOf(lines[0] ?? "{}"), "folded")
  }
  await told(untilDone(place, "receipts", pollMs, runners, track), report)
  const close = async () => {
    const ticked = await Watched.run(args(place, pollMs, ["tick"]))
    const asked = ["report", "--month", place.month, "--format", "json"]
    const issued = await Watched.run(args(place, pollMs, asked))
    return { items: customers, taken: [ticked, issued] }
  }
  await told(measured(place, "report", pollMs, close), report)
}
