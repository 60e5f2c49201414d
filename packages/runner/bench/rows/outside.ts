/**
 * Rows that are commands of their own: each is run as anybody would run it, and read. Times of a
 * start are the fastest of several, in turns with `node -e 0`: other work can only slow one down.
 */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import type { Figure, Spent } from "../Figure.ts"

const root = join(import.meta.dirname, "../../../..")
const core = join(root, "packages/core")

const text = (command: string, args: ReadonlyArray<string>, input?: string): string => {
  const { error, status, stderr, stdout } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    ...(input === undefined ? {} : { input })
  })
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`)
  return stdout
}

const figure = (row: string, of: string, size: number, given: Partial<Figure>): Figure => ({
  row,
  of,
  size,
  ours: { items: 0, wallMs: 0, cpuMs: null },
  peer: null,
  value: null,
  peakMb: null,
  goal: null,
  ...given
})

const rateOf = (perSecond: number): Spent => ({ items: perSecond, wallMs: 1_000, cpuMs: null })

const found = (said: string, pattern: RegExp): number => {
  const digits = pattern.exec(said)?.[1]
  if (digits === undefined) throw new Error(`expected ${String(pattern)} in: ${said.slice(-500)}`)
  return Number(digits.replaceAll(",", ""))
}

/** Messages sized in a second beside both peers; the benchmark of core says it. */
export const sizing = (): ReadonlyArray<Figure> => {
  const vitest = join(root, "node_modules/vitest/vitest.mjs")
  const said = text(process.execPath, [vitest, "bench", "--run", "SmsSegments"])
  const ours = rateOf(found(said, /tidemark ([\d,]+)\/s/))
  const against = (name: string, times: number): Figure =>
    figure("sizing a message", "messages", 1, {
      ours,
      peer: { name, spent: rateOf(found(said, new RegExp(`${name} ([\\d,]+)/s`))) },
      goal: { _tag: "rate", times }
    })
  return [against("split-sms", 20), against("sms-segments-calculator", 1_000)]
}

/** Customer-months of the simulator in a second of its own processor time. */
export const simulate = (quick: boolean): ReadonlyArray<Figure> => {
  const tool = join(core, "tools/simulate.ts")
  const said = text(process.execPath, [tool, "--years", quick ? "10" : "60"])
  return [
    figure("simulate, real workflows", "customer-months", 1, {
      ours: rateOf(found(said, /([\d,]+) customer-months\/s/)),
      goal: { _tag: "perSecond", rate: 3_000 }
    })
  ]
}

const turns = 7

const startMs = (args: ReadonlyArray<string>): number => {
  const start = performance.now()
  text(process.execPath, args)
  return performance.now() - start
}

/** Milliseconds until a command has said its word, `node -e 0` included and beside it. */
export const start = (): ReadonlyArray<Figure> => {
  const built = join(core, "dist/node/index.js")
  if (!existsSync(built)) throw new Error("core is not built: pnpm build, then again")
  const importOf = (file: string) => [
    "--input-type=module",
    "-e",
    `await import(${JSON.stringify(join(core, "dist/node", file))})`
  ]
  const commands: ReadonlyArray<readonly [string, ReadonlyArray<string>, number | null]> = [
    ["node -e 0", ["-e", "0"], null],
    ["import of core", importOf("index.js"), 250],
    ["import of the rules", importOf("rules.js"), null],
    ["tidemark --help", [join(root, "packages/runner/src/cli.ts"), "--help"], 500]
  ]
  const fastest = commands.map(() => Infinity)
  for (let turn = 0; turn < turns; turn++) {
    for (const [index, [, args]] of commands.entries()) {
      fastest[index] = Math.min(fastest[index] ?? Infinity, startMs(args))
    }
  }
  return commands.map(([row, , most], index) =>
    figure(row, "starts", 1, {
      value: Math.round(fastest[index] ?? 0),
      goal: most === null ? null : { _tag: "most", value: most, unit: "ms" }
    })
  )
}

/** KB of a bundle, minified and gzipped, without what the host brings and the numbering plans. */
const bundleKb = (entries: ReadonlyArray<string>): number => {
  const tsup = createRequire(createRequire(import.meta.url).resolve("tsup"))
  const args = ["--bundle", "--minify", "--format=esm", "--platform=node", "--log-level=error"]
  const external = ["effect", "effect/*", "libphonenumber-js/max"]
  const input = entries
    .map((entry, index) => `export * as e${index} from "./packages/core/src/${entry}.ts"`)
    .join("\n")
  const esbuild = tsup.resolve("esbuild/bin/esbuild")
  const names = external.map((name) => `--external:${name}`)
  const bundle = text(process.execPath, [esbuild, ...args, ...names], input)
  return Math.round(gzipSync(bundle).length / 102.4) / 10
}

/** What a bundler makes of core's source. */
export const bundles = (): ReadonlyArray<Figure> => {
  const whole = ["index", "rules", "rules/delivery", "rules/report", "recipient", "effect"]
  const measured = [
    ["bundle of the rules", ["rules"], 20],
    ["bundle of core", [...whole, "sandbox"], 120]
  ] as const
  return measured.map(([row, entries, most]) =>
    figure(row, "bundles", 1, {
      value: bundleKb(entries),
      goal: { _tag: "most", value: most, unit: "KB" }
    })
  )
}
