/** Runs the real command in a process of its own. */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { env } from "../process/Child.ts"

const cli = join(import.meta.dirname, "../../src/cli.ts")

/** What a process left behind. */
export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** `tidemark args…` with `input` on stdin. */
export const tidemark = (
  args: ReadonlyArray<string>,
  { input = "", cwd }: { readonly input?: string; readonly cwd?: string } = {}
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd, env })
    let out = ""
    let err = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text))
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, out, err }))
    // A command that does not read its input closes the pipe.
    child.stdin.on("error", () => undefined)
    child.stdin.end(input)
  })

/** The JSON lines of an output. */
export const lines = (out: string): ReadonlyArray<unknown> =>
  out
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line))

/** Runs `use` in a folder of its own, with a function that writes files there. */
export const inFolder = async <A>(
  use: (folder: string, write: (name: string, content: string | Uint8Array) => void) => Promise<A>
): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-cli-"))
  try {
    return await use(folder, (name, content) => writeFileSync(join(folder, name), content))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
