/**
 * Moves business time whenever every runner has nothing to do, and brings the dead back.
 *
 * It waits for what the runners say, never for a time: a slow machine only makes it slower.
 *
 * **Source** — architecture, Two times.
 */
import { setTimeout as sleep } from "node:timers/promises"
import type { Line, Runner } from "./Runner.ts"
import type { Sandbox } from "./Sandbox.ts"

/** What one runner has said since business time was moved, or it was born, last. */
interface Heard {
  readonly runner: Runner
  /** Ticks in a row, at the present business time, in which it found nothing to do. */
  quiet: number
  last: Line | undefined
}

export interface Driver {
  /** Goes on until something holds; `false` when `lastMs` came first, or nobody moved any more. */
  readonly until: (holds: () => boolean) => Promise<boolean>
}

export interface DriveOptions {
  readonly sandbox: Sandbox
  readonly runners: ReadonlyArray<Runner>
  /** Business time after which nothing may be open any more. */
  readonly lastMs: number
  /**
   * How long business time stands still after a submission or a death, and after the first things
   * done since, for what waits in process time: settle delays, leases, throttles.
   */
  readonly recheckMs: number
  /** How far it goes at once while something still waits: that may hang on business time too. */
  readonly slowJumpMs: number
  readonly onLine: (line: Line, runner: Runner) => void
  /** A runner ended by itself, with its last words. */
  readonly onEnd: (runner: Runner, said: string) => void
}

const pauseMs = 10
/** A question asked again and again is done each time, and nothing new to wait for. */
const mostWaits = 3
/** No line of any runner for so long: nothing moves any more, and that must be said. */
const mostSilenceMs = 300_000

/** What a runner has said it did: a submission above all. */
type Doing = "submit" | "other" | "nothing"

const listen = (heard: Heard, now: string, onLine: DriveOptions["onLine"]): Doing => {
  let doing: Doing = "nothing"
  for (const line of heard.runner.heard()) {
    onLine(line, heard.runner)
    if (line.done.some(({ work }) => work === "submit")) doing = "submit"
    else if (line.done.length > 0 && doing === "nothing") doing = "other"
    else if (line.tick === now) heard.quiet++
    heard.last = line
  }
  return doing
}

/** Whether it had to be: a dead runner's claims end with their lease. */
const restart = (heard: Heard, onEnd: DriveOptions["onEnd"]): boolean => {
  if (heard.runner.isRunning()) return false
  const said = heard.runner.revive()
  heard.quiet = 0
  heard.last = undefined
  if (said !== null) onEnd(heard.runner, said)
  return true
}

/** The wheel that turns a month. */
export const make = (options: DriveOptions): Driver => {
  const { lastMs, onEnd, onLine, recheckMs, runners, sandbox, slowJumpMs } = options
  const heards = runners.map((runner): Heard => ({ runner, quiet: 0, last: undefined }))
  let patientUntilMs = performance.now() + recheckMs
  let waits = mostWaits
  let silentSince = performance.now()

  const hush = () => {
    for (const heard of heards) heard.quiet = 0
  }

  const step = async (): Promise<void> => {
    const awake = heards.filter(({ runner }) => !runner.isStopped())
    if (awake.length === 0 || awake.some(({ quiet }) => quiet < 2)) return
    const lines = awake.flatMap(({ last }) => last ?? [])
    const recheck = lines.some((line) => line.recheck)
    if (recheck && performance.now() < patientUntilMs) return
    const wakeMs = Math.min(...lines.map((line) => Date.parse(line.nextWakeAt)))
    hush()
    await sandbox.tell(recheck ? Math.min(wakeMs, sandbox.nowMs() + slowJumpMs) : wakeMs)
    silentSince = performance.now()
  }

  return {
    until: async (holds) => {
      for (;;) {
        const now = new Date(sandbox.nowMs()).toISOString()
        const doings = heards.map((heard) => listen(heard, now, onLine))
        if (doings.some((doing) => doing !== "nothing")) {
          hush()
          silentSince = performance.now()
          if (doings.includes("submit")) waits = mostWaits
          if (waits-- > 0) patientUntilMs = performance.now() + recheckMs
        }
        if (holds()) return true
        const silent = performance.now() - silentSince > mostSilenceMs
        if (silent || sandbox.nowMs() > lastMs) return false
        for (const heard of heards) {
          if (!restart(heard, onEnd)) continue
          silentSince = performance.now()
          waits = mostWaits
          patientUntilMs = performance.now() + recheckMs
        }
        await sleep(pauseMs)
        await step()
      }
    }
  }
}
