/** Uses the installed packages as their users do, on every Node. */
import { copyFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import {
  alsoCommonJs,
  nodesOf,
  type Packed,
  type Projects,
  root,
  run,
  subpaths
} from "./project.ts"

/** A month by promises, from the packed core alone. */
const openProgram = `
import { memory, Tidemark } from "@tidemark/core"
import { SandboxHost } from "@tidemark/core/sandbox"

const month = "2026-09"
const host = SandboxHost.make({ month, customers: 5 })
const tidemark: Tidemark = await Tidemark.open({
  program: "premium-retail",
  policy: {
    qualification: { approval: "automatic" },
    message: { messageClass: "service" },
    schedule: { startsOn: "2026-08-31" }
  },
  store: memory(),
  balances: host.balances,
  customers: host.customers,
  carrier: host.carrier,
  secrets: { clientReferenceKey: () => "07".repeat(32) }
})
const report = await SandboxHost.passMonth(tidemark, { host, month })
await tidemark.close()
if (report.delivery.dispositions.population !== 5) throw new Error("customers got lost")
`

const dual = alsoCommonJs.map((entry) => `@tidemark/core/${entry}`)

// A new Node would require an ES module too: what it gives is a namespace object.
const requireAll = `
const { isModuleNamespaceObject } = require("node:util").types
for (const path of ${JSON.stringify(dual)}) {
  const rules = require(path)
  if (Object.keys(rules).length === 0) throw new Error(path + " is empty")
  if (isModuleNamespaceObject(rules)) throw new Error(path + " is not CommonJS")
}
`

const jestTest = `
const { Currency, Money } = require("@tidemark/core/rules")
test("the rules decide under Jest", () => {
  const minorUnits = Money.parseMinorUnits("15000.00", { currency: Currency.ils })
  expect(minorUnits).toBe(1500000n)
})
test.each(${JSON.stringify(dual)})("%s is there", (path) => {
  expect(Object.keys(require(path))).not.toHaveLength(0)
})
`

/**
 * Writes the programs into the projects: `rules.mts` and `open.mts` are also what the types are
 * checked with.
 */
export const writePrograms = ({ all, old }: Projects, packages: ReadonlyArray<Packed>): void => {
  const every = packages.flatMap(({ manifest }) => subpaths(manifest))
  writeFileSync(
    join(all, "every.mjs"),
    every.map((path) => `await import(${JSON.stringify(path)})\n`).join("")
  )
  writeFileSync(join(all, "open.mts"), openProgram)
  copyFileSync(join(root, "examples/rules.ts"), join(old, "rules.mts"))
  writeFileSync(join(old, "require.cjs"), requireAll)
  writeFileSync(join(old, "rules.test.js"), jestTest)
}

/** Imports every entry point, requires the rules, and runs a program of each kind, on each Node. */
export const useAll = async (projects: Projects, packages: ReadonlyArray<Packed>) => {
  const { all, old } = projects
  const nodes = nodesOf(projects)
  const versions: Array<string> = []
  for (const node of nodes) {
    versions.push((await run(node, ["--version"], all)).trim())
    await run(node, ["every.mjs"], all)
    await run(node, ["open.mts"], all)
    await run(node, ["rules.mts"], old)
    await run(node, ["require.cjs"], old)
    await run(node, ["node_modules/jest/bin/jest.js"], old)
  }
  const help = await run("pnpm", ["exec", "tidemark", "--help"], all)
  if (!help.includes("tidemark")) throw new Error(`tidemark --help printed "${help}"`)
  await checkFlags(all)
  const entryPoints = packages.flatMap(({ manifest }) => subpaths(manifest)).length
  const where = `on Node ${versions.join(" and ")}`
  return `${entryPoints} entry points import, ${dual.length} require, also in Jest 29, ${where}`
}

/** The command starts Node with the flags of its first line, whoever made its link. */
const checkFlags = async (folder: string): Promise<void> => {
  const told = "data:text/javascript,console.log(process.execArgv.join())"
  const command = ["pnpm", "exec", "tidemark", "--version"]
  const out = await run("env", [`NODE_OPTIONS=--import=${told}`, ...command], folder)
  if (!out.includes("--max-semi-space-size")) throw new Error(`tidemark was started with "${out}"`)
}
