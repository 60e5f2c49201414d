/** Checks the declarations as their users' compilers read them, libraries included. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { alsoCommonJs, type Packed, type Projects, root, run, subpaths } from "./project.ts"

const attw = async ({ manifest, tarball }: Packed): Promise<void> => {
  if (subpaths(manifest).length === 0) return // a command has no types to resolve
  const check = (args: ReadonlyArray<string>) =>
    run("pnpm", ["exec", "attw", tarball, "--format", "ascii", ...args], root)
  const dual = alsoCommonJs.filter((entry) => manifest.exports?.[`./${entry}`] !== undefined)
  if (dual.length === 0) await check(["--profile", "esm-only"])
  else {
    await check(["--profile", "node16", "--entrypoints", ...dual])
    await check(["--profile", "esm-only", "--exclude-entrypoints", ...dual])
  }
}

interface Consumer {
  readonly project: string
  readonly name: string
  readonly files: ReadonlyArray<string>
  readonly options: { readonly [option: string]: unknown }
}

/** Writes a tsconfig of that name, for the library check is an option of the whole program. */
const configure = ({ files, name, options, project }: Consumer): string => {
  const compilerOptions = { strict: true, noEmit: true, skipLibCheck: false, ...options }
  writeFileSync(join(project, name), JSON.stringify({ compilerOptions, files }))
  return name
}

/** The rules need no types but the language's own. */
const rulesOnly = { target: "es2022", types: [] }

const checkRules = async ({ old }: Projects): Promise<void> => {
  const names = alsoCommonJs.map((_, index) => `A${index}`).join(", ")
  const imports = alsoCommonJs
    .map((entry, index) => `import * as A${index} from "@tidemark/core/${entry}"\n`)
    .join("")
  for (const file of ["every.mts", "every.cts"]) {
    writeFileSync(join(old, file), `${imports}export const all = [${names}]\n`)
  }
  const tsc = async (consumer: Omit<Consumer, "project">) => {
    const config = configure({ ...consumer, project: old })
    await run("node_modules/.bin/tsc", ["--project", config], old)
    await run(join(root, "node_modules/.bin/tsc"), ["--project", config], old)
  }
  await tsc({
    name: "tsconfig.node16.json",
    files: ["every.mts", "every.cts", "rules.mts"],
    options: { ...rulesOnly, module: "node16" }
  })
  await tsc({
    name: "tsconfig.bundler.json",
    files: ["every.mts", "rules.mts"],
    options: { ...rulesOnly, module: "esnext", moduleResolution: "bundler" }
  })
}

/** A host that calls by promises, with Node's types; and the same without the sandbox's. */
const checkCore = async ({ all }: Projects): Promise<void> => {
  const options = { target: "es2024", module: "nodenext", types: ["node"] }
  const tsc = join(root, "node_modules/.bin/tsc")
  const open = { project: all, name: "tsconfig.open.json", files: ["open.mts"], options }
  await run(tsc, ["--project", configure(open)], all)

  writeFileSync(join(all, "core.mts"), `export * from "@tidemark/core"\n`)
  const core = { project: all, name: "tsconfig.core.json", files: ["core.mts"], options }
  const read = await run(tsc, ["--project", configure(core), "--listFilesOnly"], all)
  const effect = read.split("\n").find((file) => file.includes("/node_modules/effect/"))
  if (effect !== undefined) throw new Error(`the types of @tidemark/core reach Effect: ${effect}`)
}

/** Checks all declarations; what was checked, in words. */
export const checkTypes = async (projects: Projects, packages: ReadonlyArray<Packed>) => {
  await Promise.all([
    checkRules(projects),
    checkCore(projects),
    run("pnpm", ["-r", "--filter", "./packages/**", "exec", "publint", "--strict"], root),
    ...packages.map(attw)
  ])
  return "types hold without skipLibCheck, those of the rules in TypeScript 5.4 too"
}
