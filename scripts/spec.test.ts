/**
 * Every law of the rule rooms says where its rule comes from and which planted bug it caught: a
 * property that was never seen to fail proves nothing.
 */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { groupsIn } from "./lawsIn.ts"
import { rooms } from "./moduleRules.ts"

const root = join(import.meta.dirname, "..")

describe("laws as they are written", () => {
  it("are read with source and planted bug, at every depth", () => {
    const text = [
      "/**",
      " * About money.",
      " *",
      " * **Source** — the whole file.",
      " */",
      'describe("outer", () => {',
      "  /** **Source** — a clause",
      "   * of two lines */",
      '  describe("inner", () => {',
      "    // Caught: one unit",
      "    // too many.",
      '    it("always holds", () => {})',
      "    it.each(cases)(",
      '      "never fails",',
      "    )",
      "  })",
      '  it("has no bug", () => {})',
      "})",
      'describe("next", () => {})'
    ].join("\n")
    assert.deepStrictEqual(groupsIn(text), [
      { line: 6, name: "outer", source: "the whole file.", laws: [] },
      {
        line: 9,
        name: "inner",
        source: "a clause of two lines",
        laws: [
          { line: 12, name: "always holds", caught: "one unit too many." },
          { line: 13, name: "never fails", caught: "" },
          { line: 17, name: "has no bug", caught: "" }
        ]
      },
      { line: 19, name: "next", source: "the whole file.", laws: [] }
    ])
  })
})

describe("every law of the rule rooms", () => {
  const files = rooms.flatMap((room) =>
    globSync(`packages/core/test/${room}/*.properties.test.ts`, { cwd: root })
  )
  const groups = files.flatMap((file) =>
    groupsIn(readFileSync(join(root, file), "utf8")).map((group) => ({ file, group }))
  )

  it("is there to be looked at", () => {
    assert.isAbove(groups.flatMap(({ group }) => group.laws).length, 100)
  })

  it("states where its rule comes from", () => {
    const without = groups
      .filter(({ group }) => group.laws.length > 0 && group.source === "")
      .map(({ file, group }) => `${file}:${group.line}: ${group.name}`)
    assert.deepStrictEqual(without, [])
  })

  it("names the planted bug it caught", () => {
    const without = groups.flatMap(({ file, group }) =>
      group.laws
        .filter(({ caught }) => caught === "")
        .map(({ line, name }) => `${file}:${line}: ${name}`)
    )
    assert.deepStrictEqual(without, [])
  })
})
