/**
 * Explores the delivery protocol exhaustively and prints what was found: states and seconds, the
 * crash matrix, the broken variants. Exit code 1 when a promise does not hold, or a broken variant
 * goes unseen.
 *
 *   npm run model [-- --faults 3]
 *
 * Four faults take minutes and gigabytes: the child process may use the memory they need.
 *
 * **Source** — delivery protocol 2.6; invariant 52.
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"

const heap = "--max-old-space-size=12000"

interface ModelReport {
  readonly report: (faults: number, clockMs: () => number) => Generator<string, boolean>
}

const faultsOf = (): number | undefined => {
  try {
    const { values } = parseArgs({ options: { faults: { type: "string", default: "3" } } })
    const faults = Number(values.faults)
    return Number.isInteger(faults) && faults >= 0 && faults <= 5 ? faults : undefined
  } catch {
    return undefined
  }
}

const run = async (faults: number): Promise<number> => {
  // The root package depends on none of ours, so it finds the source where it lies.
  const source = join(import.meta.dirname, "../packages/core/src/testing/model/ModelReport.ts")
  const { report }: ModelReport = await import(pathToFileURL(source).href)
  const lines = report(faults, () => performance.now())
  for (;;) {
    const line = lines.next()
    if (line.done === true) return line.value ? 0 : 1
    process.stdout.write(`${line.value}\n`)
  }
}

const faults = faultsOf()
if (faults === undefined) {
  process.stderr.write("usage: npm run model [-- --faults N], N from 0 to 5\n")
  process.exitCode = 2
} else if (process.execArgv.includes(heap)) {
  process.exitCode = await run(faults)
} else {
  const args = [heap, import.meta.filename, "--faults", `${faults}`]
  process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1
}
