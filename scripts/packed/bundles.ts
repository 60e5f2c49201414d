/** What a bundler makes of core: how much, and of what. */
import { readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { type Projects, run } from "./project.ts"

/** What is bundled, what may be in it, and how large it may be: minified and gzipped, in KB. */
export interface Goal {
  readonly name: string
  readonly entryPoints: ReadonlyArray<string>
  readonly packages: ReadonlyArray<string>
  /** Left to the program that bundles: imported, not counted. */
  readonly peers: ReadonlyArray<string>
  readonly maxKb: number
}

const rules = ["@tidemark/core", "date-fns"]

/**
 * The goals. Core is everything a program can ship: `testing` is not, it needs a test runner. The
 * numbering plans of the world are not counted; the code that reads them is.
 */
const goals: ReadonlyArray<Goal> = [
  { name: "rules", entryPoints: ["rules"], packages: rules, peers: [], maxKb: 20 },
  {
    name: "core",
    entryPoints: [".", "rules", "rules/delivery", "rules/report", "recipient", "effect", "sandbox"],
    packages: [...rules, "@noble/hashes", "libphonenumber-js"],
    peers: ["effect"],
    maxKb: 120
  }
]

/** The part of esbuild's metafile that is read. */
export interface Metafile {
  readonly outputs: {
    readonly [path: string]: {
      readonly imports: ReadonlyArray<{ readonly path: string }>
      readonly inputs: { readonly [path: string]: { readonly bytesInOutput: number } }
    }
  }
}

const phoneMetadata = "metadata.max.json.js"

const packageOf = (path: string): string | undefined =>
  /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]

/**
 * What is wrong with a bundle: a package that has no place in it (another adapter, Effect in the
 * rules), an import left in it that is no peer, or its size. Empty when nothing is.
 */
export const faults = (metafile: Metafile, kb: number, goal: Goal): ReadonlyArray<string> => {
  const outputs = Object.values(metafile.outputs)
  const inside = outputs
    .flatMap(({ inputs }) => Object.keys(inputs))
    .map(packageOf)
    .filter((name) => name !== undefined && !goal.packages.includes(name))
  const left = outputs
    .flatMap(({ imports }) => imports.map(({ path }) => path))
    .filter((path) => !path.endsWith(phoneMetadata))
    .filter((path) => !goal.peers.some((peer) => path === peer || path.startsWith(`${peer}/`)))
  return [
    ...[...new Set(inside)].map((name) => `${goal.name} carries ${name}`),
    ...[...new Set(left)].map((path) => `${goal.name} imports ${path}`),
    ...(kb > goal.maxKb ? [`${goal.name} has ${kb.toFixed(1)} KB, goal ${goal.maxKb}`] : [])
  ]
}

/** tsup's own esbuild: only from there does it resolve. */
const esbuild = createRequire(createRequire(import.meta.url).resolve("tsup")).resolve(
  "esbuild/bin/esbuild"
)

const bundle = async (project: string, goal: Goal, conditions: ReadonlyArray<string>) => {
  const name = [goal.name, ...conditions].join(".")
  const imports = goal.entryPoints.map((entry, index) => {
    return `export * as n${index} from "${join("@tidemark/core", entry)}"\n`
  })
  writeFileSync(join(project, `${name}.mjs`), imports.join(""))
  const external = [...goal.peers, `*/${phoneMetadata}`].map((path) => `--external:${path}`)
  const files = [`--outfile=${name}.min.js`, `--metafile=${name}.json`]
  const how = ["--bundle", "--minify", "--format=esm", "--platform=neutral"]
  const where = ["--main-fields=module,main", `--conditions=${conditions.join(",")}`]
  await run(esbuild, [`${name}.mjs`, ...how, ...where, ...external, ...files], project)
  const kb = gzipSync(readFileSync(join(project, `${name}.min.js`))).length / 1024
  const metafile = JSON.parse(readFileSync(join(project, `${name}.json`), "utf8")) as Metafile
  const found = faults(metafile, kb, goal)
  if (found.length > 0) throw new Error(`${name}: ${found.join("; ")}`)
  return kb
}

/**
 * Bundles each goal as a browser's bundler resolves it and as one for Node does.
 *
 * **Errors** — everything `faults` finds.
 */
export const checkBundles = async ({ all }: Projects): Promise<string> => {
  const figures: Array<string> = []
  for (const goal of goals) {
    const kb = await bundle(all, goal, [])
    // What is in it holds on a server too; there nobody downloads it, so its size does not count.
    await bundle(all, { ...goal, maxKb: Infinity }, ["node"])
    figures.push(`${goal.name} ${kb.toFixed(1)} KB gzipped (goal ${goal.maxKb})`)
  }
  return figures.join(", ")
}
