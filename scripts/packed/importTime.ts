/** What it costs a cold process to import the rules. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { nodesOf, type Projects, run } from "./project.ts"

const goalMs = 20

// The goal is for a quiet machine. Processor time hardly counts what waits beside it, but a shared
// core is slower all the same: on a machine with ten programs per core the same import took three
// times as long. So the check fails only where no neighbour explains it, such as Effect.
const failMs = 5 * goalMs

const rounds = 7

const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN

/**
 * Processor time of cold processes that import the rules, less that of processes that import
 * nothing: medians, on the slowest Node. The two take turns, so that a busy moment meets both.
 *
 * **Errors** — the figure, where it is more than five times the goal.
 */
export const checkImportTime = async (projects: Projects): Promise<string> => {
  const { old } = projects
  const tell = `const { system, user } = process.cpuUsage()\nconsole.log((system + user) / 1000)\n`
  writeFileSync(join(old, "nothing.mjs"), tell)
  writeFileSync(join(old, "import.mjs"), `import "@tidemark/core/rules"\n${tell}`)
  let slowest = 0
  for (const node of nodesOf(projects)) {
    const nothing: Array<number> = []
    const rules: Array<number> = []
    for (let round = 0; round < rounds; round++) {
      nothing.push(Number(await run(node, ["nothing.mjs"], old)))
      rules.push(Number(await run(node, ["import.mjs"], old)))
    }
    slowest = Math.max(slowest, median(rules) - median(nothing))
  }
  const text = `rules import in ${slowest.toFixed(0)} ms (goal ${goalMs})`
  if (!(slowest <= failMs)) throw new Error(text)
  return text
}
