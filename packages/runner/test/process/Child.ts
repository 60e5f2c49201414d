/** A `tidemark` process that lives for a while: its lines as they come, and a kill. */
import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

const cli = join(import.meta.dirname, "../../src/cli.ts")

/** Processes that live for seconds start a third sooner when what they load was compiled before. */
const compiled = join(import.meta.dirname, "../../../../node_modules/.cache/tidemark/compiled")
export const env = { NODE_COMPILE_CACHE: compiled, ...process.env }

export interface Child {
  /** Lines of stdout so far. */
  readonly lines: ReadonlyArray<string>
  /** Calls with every line from now on. */
  readonly onLine: (listener: (line: string) => void) => void
  readonly err: () => string
  readonly isRunning: () => boolean
  readonly signal: (name: NodeJS.Signals) => void
  /** Sends `SIGKILL` and waits for the end. */
  readonly kill: () => Promise<void>
  /** The exit code, `null` after a signal. */
  readonly ended: Promise<number | null>
}

/** Starts `tidemark args…`. */
export const start = (args: ReadonlyArray<string>): Child => startScript(cli, args)

/** Starts another script than the command's. */
export const startScript = (script: string, args: ReadonlyArray<string>): Child => {
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"]
  const child = spawn(process.execPath, [script, ...args], { stdio, env })
  const lines: Array<string> = []
  const listeners: Array<(line: string) => void> = []
  let rest = ""
  let err = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n")
    rest = parts.pop() ?? ""
    lines.push(...parts)
    for (const line of parts) for (const listener of listeners) listener(line)
  })
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text))
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => resolve(code))
  })
  return {
    lines,
    onLine: (listener) => void listeners.push(listener),
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
