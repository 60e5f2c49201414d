/** A `serve` process that is started again whenever it has died, as a supervisor would do it. */
import * as Child from "../process/Child.ts"

/** A tick as `serve --json` tells it. */
export interface Line {
  readonly tick: string
  readonly done: ReadonlyArray<{ readonly work: string; readonly subject: string }>
  readonly nextWakeAt: string
  readonly recheck: boolean
}

export interface Runner {
  readonly name: string
  /** Kills with `SIGKILL`; whether it was running. */
  readonly kill: () => boolean
  /** `SIGSTOP` until `resume`; whether it was running. */
  readonly stop: () => boolean
  readonly resume: () => void
  readonly isStopped: () => boolean
  readonly isRunning: () => boolean
  /** Starts it again if it has died; what it said when it ended by itself, `null` else. */
  readonly revive: () => string | null
  /** Lines not read before; a line a kill has torn is no line. */
  readonly heard: () => ReadonlyArray<Line>
  readonly end: () => Promise<void>
}

/** Nobody: stands in where nothing is ever struck, or not yet. */
export const idle: Runner = {
  name: "nobody",
  kill: () => false,
  stop: () => false,
  resume: () => undefined,
  isStopped: () => false,
  isRunning: () => false,
  revive: () => null,
  heard: () => [],
  end: async () => undefined
}

const isLine = (value: unknown): value is Line =>
  typeof value === "object" && value !== null && "tick" in value

const lineOf = (text: string): Line | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isLine(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Starts `tidemark args…` and keeps it. */
export const start = (name: string, args: ReadonlyArray<string>): Runner => {
  let child = Child.start(args)
  let read = 0
  let stopped = false
  let killed = false
  return {
    name,
    kill: () => {
      if (!child.isRunning() || killed) return false
      killed = true
      stopped = false
      child.signal("SIGKILL")
      return true
    },
    stop: () => {
      if (!child.isRunning() || killed || stopped) return false
      stopped = true
      child.signal("SIGSTOP")
      return true
    },
    resume: () => {
      stopped = false
      child.signal("SIGCONT")
    },
    isStopped: () => stopped,
    isRunning: () => child.isRunning(),
    revive: () => {
      if (child.isRunning()) return null
      const said = killed ? null : child.err()
      child = Child.start(args)
      read = 0
      killed = false
      stopped = false
      return said
    },
    heard: () => {
      const lines = child.lines.slice(read).flatMap((text) => lineOf(text) ?? [])
      read = child.lines.length
      return lines
    },
    end: () => child.kill()
  }
}
