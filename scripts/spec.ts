/**
 * The specification: runs every property of core and prints the laws, room by room, with the cases
 * each ran and where its rule comes from. Arguments name rooms: `npm run spec -- money calendar`.
 */
import { readFileSync } from "node:fs"
import { join, relative } from "node:path"
import type { TestCase, TestModule } from "vitest/node"
import { startVitest } from "vitest/node"
import { groupsIn } from "./lawsIn.ts"
import { rooms as ruleRooms } from "./moduleRules.ts"

const root = join(import.meta.dirname, "..")
const tests = "packages/core/test"
const asked = process.argv.slice(2)

console.error("running the properties of core …")
const modules: Array<TestModule> = []
const vitest = await startVitest(
  "test",
  asked.length === 0 ? [".properties.test.ts"] : asked.map((room) => `${tests}/${room}/`),
  {
    root,
    watch: false,
    include: [`${tests}/**/*.properties.test.ts`],
    setupFiles: [join(root, "scripts/spec-cases.ts")],
    globalSetup: [],
    includeTaskLocation: true,
    reporters: [{ onTestRunEnd: (ended) => void modules.push(...ended) }]
  }
)
await vitest.close()

interface Law {
  readonly test: TestCase
  readonly cases: number
}

const count = (n: number): string => n.toLocaleString("en")

/** The laws of a file in the order in which they are written. */
const lawsOf = (module: TestModule): ReadonlyArray<Law> =>
  Array.from(module.children.allTests(), (test) => ({ test, cases: test.meta().cases ?? 0 }))

const marks = { passed: "✓", failed: "✗", skipped: "-", pending: "-" } as const
const wrong: Array<string> = []
let lawCount = 0
let caseCount = 0

/** A group as it is printed: what it is about, its source, its laws. */
const printGroups = (module: TestModule): void => {
  const laws = lawsOf(module)
  const written = groupsIn(readFileSync(module.moduleId, "utf8"))
  for (const [index, group] of written.entries()) {
    const end = written[index + 1]?.line ?? Number.POSITIVE_INFINITY
    const own = laws.filter(({ test }) => {
      const line = test.location?.line ?? 0
      return line > group.line && line < end
    })
    if (own.length === 0) continue
    console.log(`\n  ${group.name}`)
    console.log(`    source: ${group.source === "" ? "not stated" : group.source}`)
    for (const { cases, test } of own) {
      const { state } = test.result()
      const ran = cases === 0 ? "the cases it names" : `${count(cases)} cases`
      console.log(`    ${marks[state]} ${test.name}  (${ran})`)
      lawCount++
      caseCount += cases
      if (state === "passed") continue
      const [error] = test.result().errors ?? []
      const why = error === undefined ? state : error.message
      wrong.push(`${relative(root, module.moduleId)}: ${test.fullName}\n${why}`)
    }
  }
}

const roomOf = (module: TestModule): string =>
  relative(join(root, tests), module.moduleId).split("/")[0] ?? ""

/** The rule rooms in the order in which they build on each other, then the rest. */
const placeOf = (module: TestModule): string => {
  const place = ruleRooms.indexOf(roomOf(module))
  return `${String(place === -1 ? ruleRooms.length : place).padStart(2)} ${module.moduleId}`
}

const rooms = Map.groupBy(
  modules.toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1)),
  roomOf
)
for (const [room, files] of rooms) {
  console.log(`\n${room}`)
  for (const file of files) {
    for (const error of file.errors()) wrong.push(`${file.moduleId}: ${error.message}`)
    printGroups(file)
  }
}

console.log(
  `\n${count(lawCount)} laws over ${count(caseCount)} cases in ${rooms.size} ` +
    `${rooms.size === 1 ? "room" : "rooms"}: ` +
    (wrong.length === 0 ? "all hold" : `${wrong.length} do not hold`)
)
for (const line of wrong) console.error(line)
if (lawCount === 0) console.error("no law was found: name rooms of packages/core/test")
process.exitCode = wrong.length > 0 || lawCount === 0 ? 1 : 0
