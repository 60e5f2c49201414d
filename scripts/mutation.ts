/**
 * Counts the mutants that the tests of the rule rooms kill, room by room: `npm run mutation`, or
 * one room with `npm run mutation -- --room calendar`; `--concurrency 1` leaves a processor free,
 * `--file Zoned` takes only the files with that in their path: to work with, not for a figure;
 * `--runner vitest` counts through Vitest what scripts/mutationRunner.ts runs by itself.
 *
 * A room is held by its own tests alone. A survivor is either killed by a new test or listed in
 * docs/reference/quality.md with the reason why no test can tell it from the code; one that is
 * neither makes the run fail. `delivery` is left out unless it is named: it takes as long as
 * all the others; its own tests hold it, without the model checker and the simulator.
 */
import { Stryker } from "@stryker-mutator/core"
import { globSync, mkdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { parseArgs } from "node:util"
import { rooms } from "./moduleRules.ts"

type MutantResult = Awaited<ReturnType<Stryker["runMutationTest"]>>[number]

const root = join(import.meta.dirname, "..")
/** Outside git. */
const reports = "coverage/mutation"
const register = "docs/reference/quality.md"

const { values } = parseArgs({
  options: {
    room: { type: "string" },
    file: { type: "string", default: "" },
    runner: { type: "string", default: "room" },
    concurrency: { type: "string", default: "2" }
  }
})
const chosen =
  values.room === undefined ? rooms.filter((room) => room !== "delivery") : [values.room]
for (const room of chosen) {
  if (rooms.includes(room)) continue
  console.error(`no room "${room}"; rooms: ${rooms.join(" ")}`)
  process.exit(2)
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim()

/** How a mutant is written in the register: the same as long as its expression stays the same. */
const entryOf = (mutant: MutantResult): string => {
  const file = relative(join(root, "packages/core/src"), mutant.fileName)
  const { start, end } = mutant.location
  const lines = readFileSync(mutant.fileName, "utf8")
    .split("\n")
    .slice(start.line - 1, end.line)
  lines[lines.length - 1] = (lines.at(-1) ?? "").slice(0, end.column - 1)
  lines[0] = (lines[0] ?? "").slice(start.column - 1)
  const code = (text: string) =>
    text.includes("`") ? `\`\` ${oneLine(text)} \`\`` : `\`${oneLine(text)}\``
  return `\`${file}\` ${code(lines.join("\n"))} → ${code(mutant.replacement)}`
}

const listed = oneLine(readFileSync(join(root, register), "utf8"))

/** One line of the register excuses one survivor: the same change elsewhere needs its own. */
const excused = new Map<string, number>()
const isExcused = (entry: string): boolean => {
  const used = (excused.get(entry) ?? 0) + 1
  excused.set(entry, used)
  return listed.split(entry).length - 1 >= used
}

const alive: Array<string> = []
const rows: Array<{ readonly room: string; readonly killed: number; readonly survived: number }> =
  []

// A rule that looks at the zone of the process is wrong: no test may pass because it is UTC.
process.env["TZ"] = "Pacific/Pago_Pago"

for (const room of chosen) {
  process.env["TIDEMARK_MUTATION_ROOM"] = room
  // The tests run in a copy of the repository, beside which there is no folder of real data.
  process.env["TIDEMARK_TEST_DATA"] ??= join(root, "../shared/data")
  mkdirSync(join(root, reports), { recursive: true })
  const results = await new Stryker({
    mutate: globSync(`packages/core/src/${room}/**/*.ts`, { cwd: root }).filter((path) =>
      path.includes(values.file)
    ),
    concurrency: Number(values.concurrency),
    testRunner: values.runner,
    plugins: ["@stryker-mutator/vitest-runner", join(root, "scripts/mutationRunner.ts")],
    // Each mutant leaves the modules it was loaded with behind.
    maxTestRunnerReuse: values.runner === "room" ? 150 : 0,
    jsonReporter: { fileName: `${reports}/${room}.json` },
    htmlReporter: { fileName: `${reports}/${room}.html` }
  }).runMutationTest()
  const survivors = results.filter(({ status }) => status === "Survived" || status === "NoCoverage")
  const killed = results.filter(({ status }) => status === "Killed" || status === "Timeout")
  rows.push({ room, killed: killed.length, survived: survivors.length })
  for (const mutant of survivors) {
    const entry = entryOf(mutant)
    const where = `${relative(root, mutant.fileName)}:${mutant.location.start.line}`
    if (!isExcused(oneLine(entry))) alive.push(`${where}\n- ${entry}: `)
  }
}

const percent = (killed: number, survived: number): string =>
  `${((100 * killed) / Math.max(killed + survived, 1)).toFixed(2)} %`

if (alive.length > 0) {
  console.log(`\nKill these, or list them in ${register} with the reason:\n\n${alive.join("\n")}`)
}
console.log("\nroom            mutants   killed  survived   score")
const total = { room: "all", killed: 0, survived: 0 }
for (const { killed, survived } of rows) {
  total.killed += killed
  total.survived += survived
}
for (const { room, killed, survived } of rows.length > 1 ? [...rows, total] : rows) {
  const columns = [killed + survived, killed, survived].map((count) => String(count).padStart(9))
  console.log(`${room.padEnd(14)}${columns.join("")}   ${percent(killed, survived)}`)
}
console.log(
  alive.length === 0
    ? `every survivor is listed in ${register}; reports: ${reports}`
    : `${alive.length} survivors without a reason; reports: ${reports}`
)
process.exitCode = alive.length === 0 ? 0 : 1
