import { assert, describe, it } from "vitest"
import { faults, type Goal, type Metafile } from "./packed/bundles.ts"

const goal: Goal = {
  name: "core",
  entryPoints: ["."],
  packages: ["@tidemark/core", "date-fns"],
  peers: ["effect"],
  maxKb: 20
}

const metafile = (
  inputs: ReadonlyArray<string>,
  imports: ReadonlyArray<string> = []
): Metafile => ({
  outputs: {
    "core.min.js": {
      imports: imports.map((path) => ({ path })),
      inputs: Object.fromEntries(inputs.map((path) => [path, { bytesInOutput: 1 }]))
    }
  }
})

const pnpm = "node_modules/.pnpm/x@1.0.0/node_modules"
const own = ["core.mjs", `${pnpm}/@tidemark/core/dist/index.js`, `${pnpm}/date-fns/toDate.js`]

describe("the bundle of the packed core", () => {
  it("may have its own modules, its packages, its peers and its size", () => {
    const bundle = metafile(own, ["effect/Effect", "../metadata.max.json.js"])
    assert.deepStrictEqual(faults(bundle, 20, goal), [])
  })

  it("may not have another package in it, an adapter's or any other", () => {
    const found = [`${pnpm}/@tidemark/postgres/dist/index.js`, `${pnpm}/pg/lib/index.js`]
    assert.deepStrictEqual(faults(metafile([...own, ...found]), 1, goal), [
      "core carries @tidemark/postgres",
      "core carries pg"
    ])
  })

  it("may not carry Effect where that is a peer, nor import what is none", () => {
    const bundle = metafile([`${pnpm}/effect/dist/Effect.js`], ["effect-other", "node:fs"])
    assert.deepStrictEqual(faults(bundle, 1, goal), [
      "core carries effect",
      "core imports effect-other",
      "core imports node:fs"
    ])
  })

  it("may not be larger than its goal", () => {
    assert.deepStrictEqual(faults(metafile(own), 20.06, goal), ["core has 20.1 KB, goal 20"])
  })
})
