/** A `tidemark` process that lives for a while: its lines as they come, and a kill. */
import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

const cli = join(import.meta.dirname, "../../src/cli.ts")

export interface Child {
  /** Lines of stdout so far. */
  readonly lines: ReadonlyArray<string>
  readonly err: () => string
  readonly isRunning: () => boolean
  readonly signal: (name: NodeJS.Signals) => void
  /** Sends `SIGKILL` and waits for the end. */
  readonly kill: () => Promise<void>
  /** The exit code, `null` after a signal. */
  readonly ended: Promise<number | null>
}

/** Starts `tidemark args…`. */
export const start = (args: ReadonlyArray<string>): Child => {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "pipe"] })
  const lines: Array<string> = []
  let rest = ""
  let err = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n")
    rest = parts.pop() ?? ""
    lines.push(...parts)
  })
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text))
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => resolve(code))
  })
  return {
    lines,
    err: () => err,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    signal: (name) => child.kill(name),
    kill: async () => {
      child.kill("SIGKILL")
      await ended
    },
    ended
  }
}

/** Waits until something holds; gives up loudly when the process has ended without it. */
export const until = async (child: Child, what: string, holds: () => boolean): Promise<void> => {
  while (!holds()) {
    if (!child.isRunning()) throw new Error(`ended before ${what}: ${child.err()}`)
    await sleep(5)
  }
}

/** The object in the first line of a process, such as a sandbox's address. */
export const firstLine = async (child: Child): Promise<Readonly<Record<string, unknown>>> => {
  await until(child, "its first line", () => child.lines.length > 0)
  const value: unknown = JSON.parse(child.lines[0] ?? "")
  if (typeof value !== "object" || value === null) throw new Error("the first line is no object")
  return value as Readonly<Record<string, unknown>>
}

/** The text of a file another process writes; empty where there is none yet. */
export const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "")
