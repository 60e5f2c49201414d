/**
 * Measures work: wall time, the processor's time for this process and for the database server, and
 * the memory this process needed meanwhile.
 */
import { readdirSync, readFileSync } from "node:fs"
import type { Spent } from "./Figure.ts"

/** Linux counts a process's time in ticks of 10 ms. */
const msPerTick = 10

interface ProcessTimes {
  readonly parent: number
  readonly ownMs: number
  /** Of its children that have ended. */
  readonly endedMs: number
}

/** `undefined` for a process that has just ended. */
const timesOf = (pid: string | number): ProcessTimes | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The name may hold blanks and brackets; the last bracket closes it.
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number)
    const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [
      fields[1],
      ...fields.slice(11, 15)
    ]
    const ownMs = (user + system) * msPerTick
    return { parent, ownMs, endedMs: (endedUser + endedSystem) * msPerTick }
  } catch {
    return undefined
  }
}

/** The process that started another, such as the server of a session; `null` where unknown. */
export const parentOf = (pid: number): number | null => timesOf(pid)?.parent ?? null

/** What a server and all its sessions have worked so far. */
export const serverMs = (server: number): number => {
  const own = timesOf(server)
  let ms = (own?.ownMs ?? 0) + (own?.endedMs ?? 0)
  for (const pid of readdirSync("/proc")) {
    if (!/^[0-9]+$/.test(pid)) continue
    const times = timesOf(pid)
    if (times?.parent === server) ms += times.ownMs + times.endedMs
  }
  return ms
}

/** Which database works beside this process. */
export type Server = "none" | { readonly process: number | null }

export interface Meter {
  /** Does the work and says what it took. */
  readonly spend: (items: number, work: () => Promise<unknown>) => Promise<Spent>
  /** The most memory seen while work was measured and `watched`. */
  readonly peakMb: () => number
}

const workedMs = (server: Server): number | null => {
  const { system, user } = process.cpuUsage()
  const ours = (system + user) / 1_000
  if (server === "none") return ours
  return server.process === null ? null : ours + serverMs(server.process)
}

const sampleMs = 50

/** A meter; memory is that of `watch`ed work only, because a peer may live in the same process. */
export const make = (server: Server): Meter & { readonly unwatched: Meter["spend"] } => {
  let peak = 0
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const unwatched: Meter["spend"] = async (items, work) => {
    const before = workedMs(server)
    const start = performance.now()
    await work()
    const wallMs = performance.now() - start
    const after = workedMs(server)
    return { items, wallMs, cpuMs: before === null || after === null ? null : after - before }
  }
  const spend: Meter["spend"] = async (items, work) => {
    const sampling = setInterval(look, sampleMs)
    try {
      return await unwatched(items, work)
    } finally {
      clearInterval(sampling)
      look()
    }
  }
  return { spend, unwatched, peakMb: () => Math.round(peak / 1_048_576) }
}
