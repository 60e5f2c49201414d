import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"

const src = join(import.meta.dirname, "../../src")
const rooms =
  "money calendar balance qualification recipient message delivery report schedule policy events"

describe("the entry points for rules", () => {
  const files = ["rules.ts", "recipient.ts", "rules/delivery.ts", "rules/report.ts"]
  const exported = files.map((file) => ({
    file,
    modules: Array.from(
      readFileSync(join(src, file), "utf8").matchAll(/^export \* as (\w+) from "\.\.?\/(.+)"$/gm),
      ([, name, path]) => ({ name, path: path ?? "" })
    )
  }))

  it("export every rule module once, under the name of its file", () => {
    const files = rooms
      .split(" ")
      .flatMap((room) => readdirSync(join(src, room)).map((file) => `${room}/${file}`))
    const paths = exported.flatMap(({ modules }) => modules.map(({ path }) => path))
    assert.sameMembers(paths, files)
    for (const { name, path } of exported.flatMap(({ modules }) => modules)) {
      assert.isTrue(path.endsWith(`/${name}.ts`), path)
    }
  })

  it("keep the numbering plans of the world out of rules", () => {
    const rules = exported
      .filter(({ file }) => file !== "recipient.ts")
      .flatMap(({ modules }) => modules)
    assert.isAbove(rules.length, 50)
    const loads = rules.filter(({ path }) =>
      /^(?:import|export) (?!type)[^"]*"(?:\.\/|\.\.\/recipient\/)Msisdn\.ts"/m.test(
        readFileSync(join(src, path), "utf8")
      )
    )
    assert.deepStrictEqual(loads, [])
  })
})
