/**
 * Months one after the other, and several at the same time, until enough was struck: most of a
 * month is waiting for leases and settle delays, so that months beside each other cost little.
 *
 * **Source** — delivery protocol, chaos; fault list 4.3.
 */
import { rmSync } from "node:fs"
import { join } from "node:path"
import type * as Base from "./Base.ts"
import * as Campaign from "./Campaign.ts"
import * as Place from "./Place.ts"
import type { Server } from "./Store.ts"
import type { Struck } from "./Strikes.ts"
import type { Dispositions } from "./Verdict.ts"

export interface CampaignsOptions {
  readonly folder: string
  readonly store: Place.Kind
  readonly given: Server | undefined
  /** Processes to kill, over all months together. */
  readonly kills: number
  /** Months in which the database is dumped and put back; with any, `kills` says nothing. */
  readonly restores: number
  /** `serve` processes of one month. */
  readonly runners: number
  readonly customers: number
  /** Seed of the first month. */
  readonly seed: number
  /** Months lived at the same time, each with a server of its own unless one is given. */
  readonly atOnce: number
  readonly onLine: (text: string) => void
}

/** What all months together came to. */
export interface Totals extends Struck {
  months: number
  accepted: number
  duplicates: number
  lost: number
  stuck: number
  failing: number
  restores: number
  /** Accepted by the carrier, and unknown to the database that was put back. */
  forgotten: number
}

const nothing: Totals = {
  months: 0,
  kill: 0,
  stop: 0,
  terminate: 0,
  crash: 0,
  accepted: 0,
  duplicates: 0,
  lost: 0,
  stuck: 0,
  failing: 0,
  restores: 0,
  forgotten: 0
}

/** So many strikes of each kind a month: enough to hurt, few enough that the month goes on. */
const mostOf = (kind: Place.Kind, owned: boolean): Campaign.MonthOptions["most"] =>
  kind === "pglite"
    ? { ...Campaign.none, kill: 40, stop: 3 }
    : { kill: 40, stop: 3, terminate: 4, crash: owned ? 1 : 0 }

/** Every so many months begin with an empty store, so that captures and decisions are struck too. */
const fromTheBeginning = 6
/** Strikes there before the month is decided: each dead capture waits for its run's lease. */
const early = 8

/** Few deaths beside a restore. */
const besideRestores = { ...Campaign.none, kill: 5, stop: 1 }

const monthText = ({ forgotten, struck, verdict }: Campaign.Month): string =>
  `${struck.kill} killed, ${struck.stop} stopped, ${struck.terminate} times all sessions ended, ` +
  `${struck.crash} database crashes, ${forgotten} acceptances forgotten by a restore; ` +
  `${verdict.accepted} accepted, ` +
  `${verdict.duplicates} duplicates, ${verdict.lost} lost, ${verdict.stuck} stuck`

const sumUp = (totals: Totals, { forgotten, struck, verdict }: Campaign.Month): void => {
  totals.months++
  for (const kind of ["kill", "stop", "terminate", "crash"] as const) totals[kind] += struck[kind]
  for (const name of ["accepted", "duplicates", "lost", "stuck"] as const) {
    totals[name] += verdict[name]
  }
  totals.forgotten += forgotten
  if (verdict.problems.length > 0) totals.failing++
}

/** Lives months until enough processes were killed; tells each with how to live it again. */
export const play = async (options: CampaignsOptions): Promise<Totals> => {
  const { atOnce, folder, given, kills, onLine, restores, seed: first, store: kind } = options
  const { customers, runners } = options
  const common = { customers, runners }
  const totals = { ...nothing }
  const month = async (
    place: Place.Place,
    home: string,
    base: Base.Base | null,
    more: Pick<Campaign.MonthOptions, "calm" | "early" | "most" | "restores" | "seed">
  ) => {
    const copy = await base?.copy()
    const store = copy?.store ?? (await place.fresh())
    const decidedMs = base?.nowMs ?? null
    try {
      const folder = copy?.folder ?? home
      const place = { folder, store, decidedMs }
      return await Campaign.playMonth({ ...common, ...more, ...place })
    } finally {
      await store.close()
      if (copy !== undefined) rmSync(copy.folder, { recursive: true, force: true })
    }
  }
  let calm: Promise<Dispositions> | undefined
  const undisturbed = async (place: Place.Place, home: string, base: Base.Base) => {
    const more = {
      most: Campaign.none,
      early: 0,
      restores: false,
      calm: Promise.resolve(null),
      seed: 0
    }
    const lived = await month(place, home, base, more)
    onLine(`undisturbed: ${lived.verdict.accepted} accepted, ${lived.seconds.toFixed(1)} s`)
    if (lived.figures === null) throw new Error("the undisturbed month does not close")
    return lived.figures
  }
  let begun = 0
  const lane = async (n: number): Promise<void> => {
    const home = join(folder, `lane-${n}`)
    const place = await Place.open(kind, home, given)
    try {
      const base = await Campaign.prepare({ folder: home, server: place.server, customers })
      calm ??= undisturbed(place, home, base)
      await calm
      const goesOn = () => (restores > 0 ? begun < restores : totals.kill < kills)
      while (goesOn()) {
        const seed = first + begun++
        const most = restores > 0 ? besideRestores : mostOf(kind, place.owned)
        // A database is restored whose witness has seen its beginning.
        const isWhole = restores > 0 || seed % fromTheBeginning === 0
        const strikes = { most, early: restores > 0 ? 0 : early, restores: restores > 0 }
        const more = { ...strikes, calm, seed }
        const lived = await month(place, home, isWhole ? null : base, more)
        if (restores > 0) totals.restores++
        sumUp(totals, lived)
        onLine(`seed ${seed}: ${monthText(lived)}, ${lived.seconds.toFixed(1)} s`)
        for (const problem of lived.verdict.problems.slice(0, 10)) onLine(`  ${problem}`)
      }
      await base.store.close()
    } finally {
      await place.close()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, (_, n) => lane(n)))
  return totals
}

/** The last line of a campaign. */
export const sentence = (totals: Totals, seconds: number): string =>
  `${totals.months} months, ${totals.kill} processes killed, ${totals.stop} stopped past their ` +
  `lease, ${totals.terminate} times all sessions ended, ${totals.crash} database crashes, ` +
  `${totals.restores} restores that forgot ${totals.forgotten} acceptances: ` +
  `${totals.accepted} messages accepted, ${totals.duplicates} duplicates, ${totals.lost} lost, ` +
  `${totals.stuck} stuck; ${totals.failing} months failed; ${seconds.toFixed(0)} s`
