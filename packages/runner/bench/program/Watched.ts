/**
 * A `tidemark` command as a process of its own, with what it took: time on the wall, its processor
 * time and the most memory it ever had, as Linux counts them.
 */
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"

const cli = join(import.meta.dirname, "../../src/cli.ts")

/** What the command's first line has Node started with. */
export const flags: ReadonlyArray<string> =
  readFileSync(cli, "utf8").split("\n", 1)[0]?.match(/--\S+/g) ?? []

/** Linux counts a process's time in ticks of 10 ms. */
const msPerTick = 10

export interface Taken {
  readonly wallMs: number
  readonly cpuMs: number
  readonly peakMb: number
  /** What it printed. */
  readonly lines: ReadonlyArray<string>
}

/** Processor time of a process so far; `undefined` where it has ended. */
const cpuMsOf = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The name may hold blanks and brackets; the last bracket closes it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return (Number(fields[11]) + Number(fields[12])) * msPerTick
  } catch {
    return undefined
  }
}

/** The most memory a process ever had resident. */
const peakMbOf = (pid: number): number | undefined => {
  try {
    const [, kilobytes = "0"] =
      /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? []
    return Math.round(Number(kilobytes) / 1_024)
  } catch {
    return undefined
  }
}

const sampleMs = 50

/** Runs `tidemark args…` to its end. Fails with what it said when it fails. */
export const run = (args: ReadonlyArray<string>): Promise<Taken> =>
  new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(process.execPath, [...flags, cli, ...args], {
      stdio: ["ignore", "pipe", "pipe"]
    })
    const pid = child.pid ?? 0
    let said = ""
    let complained = ""
    let cpuMs = 0
    let peakMb = 0
    // What it works after the last look is lost: fifty milliseconds of minutes.
    const sampling = setInterval(() => {
      cpuMs = cpuMsOf(pid) ?? cpuMs
      // One that has ended and is not yet buried has no memory.
      peakMb = Math.max(peakMb, peakMbOf(pid) ?? 0)
    }, sampleMs)
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => (complained += text))
    child.on("error", reject)
    child.on("close", (code) => {
      clearInterval(sampling)
      const lines = said.split("\n").filter((line) => line !== "")
      if (code === 0) resolve({ wallMs: performance.now() - start, cpuMs, peakMb, lines })
      else reject(new Error(`tidemark ${args.join(" ")} ended with ${code}\n${said}${complained}`))
    })
  })
