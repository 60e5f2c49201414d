/**
 * Runs a room's tests for StrykerJS inside one process: `describe`, `describe.runIf`, `it` and
 * `assert` are all they use of Vitest, and to start a Vitest worker per mutant takes longer than
 * the tests themselves.
 * `npm run mutation -- --runner vitest` counts the same mutants through Vitest.
 *
 * Every mutant gets all modules of the sandbox anew, so that what one mutant left in a module's
 * memory neither hides the next one nor kills it.
 */
import { globSync, readFileSync } from "node:fs"
import * as Module from "node:module"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { assert } from "vitest"
import { excluded, included } from "./mutationTests.ts"

type Coverage = Record<string, number>

/** What instrumented code reads and writes: StrykerJS's own names. */
type Namespace = {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  hitCount?: number | undefined
  hitLimit?: number | undefined
  mutantCoverage?: { static: Coverage; perTest: Record<string, Coverage> }
}

type Test = { readonly id: string; readonly run: () => unknown }

type MutantRun = {
  readonly activeMutant: { readonly id: string }
  readonly testFilter?: ReadonlyArray<string>
  readonly hitLimit?: number
  readonly mutantActivation: "runtime" | "static"
}

const namespace: Namespace = {}
let tests: Array<Test> = []
let path: Array<string> = []

const describe = (name: string, body: () => void): void => {
  path.push(name)
  body()
  path.pop()
}

const it = (name: string, run: () => unknown): void => {
  tests.push({ id: [...path, name].join(" > "), run })
}

Object.assign(globalThis, {
  __stryker__: namespace,
  __tidemarkTests__: {
    assert,
    describe: Object.assign(describe, {
      runIf: (condition: boolean) => (condition ? describe : () => {})
    }),
    it
  }
})

/** Counts the times that the modules of the sandbox were loaded; part of their addresses. */
let load = 0
const sources = new Map<string, string>()
const sandbox = pathToFileURL(`${process.cwd()}/`).href
const vitest = "tidemark:vitest"

const isOwn = (url: string): boolean =>
  url.startsWith(sandbox) && !url.includes("/node_modules/") && /\.ts(\?|$)/.test(url)

const sourceOf = (url: string): string => {
  const file = fileURLToPath(url)
  const known = sources.get(file)
  if (known !== undefined) return known
  const stripped = Module.stripTypeScriptTypes(readFileSync(file, "utf8"))
  sources.set(file, stripped)
  return stripped
}

const hookModules = (): void => {
  Module.registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === "vitest" && isOwn(context.parentURL ?? "")) {
        return { url: vitest, format: "module", shortCircuit: true }
      }
      const found = next(specifier, context)
      return isOwn(found.url) ? { ...found, url: `${found.url.split("?")[0]}?load=${load}` } : found
    },
    load: (url, context, next) => {
      if (url === vitest) {
        const source = "export const { assert, describe, it } = globalThis.__tidemarkTests__"
        return { format: "module", source, shortCircuit: true }
      }
      if (!isOwn(url)) return next(url, context)
      return { format: "module", source: sourceOf(url), shortCircuit: true }
    }
  })
}

/** The tests of some files, by modules that no mutant ran in before. */
const loadTests = async (files: ReadonlyArray<string>): Promise<ReadonlyArray<Test>> => {
  load++
  const found: Array<Test> = []
  for (const file of files) {
    tests = []
    path = [file]
    // One by one: the tests of a file are those it registers while it is loaded.
    await import(pathToFileURL(join(process.cwd(), file)).href)
    found.push(...tests)
  }
  return found
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** The runner as StrykerJS makes and calls it. */
export class RoomTestRunner {
  private files: ReadonlyArray<string> = []
  private readonly tookMs = new Map<string, number>()

  capabilities(): { readonly reloadEnvironment: boolean } {
    return { reloadEnvironment: true }
  }

  async init(): Promise<void> {
    hookModules()
    await import(pathToFileURL(join(process.cwd(), "scripts/pinned-seed.ts")).href)
    const left = new Set(excluded.flatMap((pattern) => globSync(pattern)))
    this.files = globSync(included()).filter((file) => !left.has(file))
  }

  async dryRun(): Promise<object> {
    const coverage = { static: {}, perTest: {} }
    namespace.mutantCoverage = coverage
    const results: Array<object> = []
    for (const { id, run } of await loadTests(this.files)) {
      namespace.currentTestId = id
      const startedMs = performance.now()
      let failure: string | undefined
      try {
        await run()
      } catch (error) {
        failure = messageOf(error)
      }
      namespace.currentTestId = undefined
      const timeSpentMs = performance.now() - startedMs
      this.tookMs.set(id, timeSpentMs)
      const outcome = failure === undefined ? { status: 0 } : { status: 1, failureMessage: failure }
      results.push({ id, name: id, timeSpentMs, ...outcome })
    }
    return { status: "complete", tests: results, mutantCoverage: coverage }
  }

  async mutantRun(options: MutantRun): Promise<object> {
    const { activeMutant, mutantActivation, testFilter } = options
    // Ten times as often as in all tests is never: a hundred times fills the memory first.
    const hitLimit = options.hitLimit === undefined ? undefined : options.hitLimit / 10
    const chosen = testFilter === undefined ? undefined : new Set(testFilter)
    const files =
      chosen === undefined
        ? this.files
        : this.files.filter((file) => testFilter?.some((id) => id.startsWith(`${file} > `)))
    Object.assign(namespace, { hitCount: 0, hitLimit, activeMutant: undefined })
    if (mutantActivation === "static") namespace.activeMutant = activeMutant.id
    const killed = (by: string, error: unknown, nrOfTests: number) =>
      (namespace.hitCount ?? 0) > (hitLimit ?? Infinity)
        ? { status: "timeout", reason: messageOf(error) }
        : { status: "killed", killedBy: [by], failureMessage: messageOf(error), nrOfTests }
    let loaded: ReadonlyArray<Test>
    try {
      loaded = await loadTests(files)
    } catch (error) {
      // A test file that cannot even be loaded with the mutant is a failing test file.
      return killed(files[0] ?? "", error, 1)
    }
    namespace.activeMutant = activeMutant.id
    const inOrder = loaded
      .filter(({ id }) => chosen?.has(id) ?? true)
      .toSorted((a, b) => (this.tookMs.get(a.id) ?? 0) - (this.tookMs.get(b.id) ?? 0))
    for (const [index, { id, run }] of inOrder.entries()) {
      try {
        await run()
      } catch (error) {
        return killed(id, error, index + 1)
      }
    }
    return { status: "survived", nrOfTests: inOrder.length }
  }
}

/** What StrykerJS looks for in a plugin. */
export const strykerPlugins = [
  { kind: "TestRunner", name: "room", injectableClass: RoomTestRunner }
]
