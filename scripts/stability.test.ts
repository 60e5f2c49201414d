/**
 * Core uses of effect only what is tagged stable. The linter refuses modules without one stable
 * export (scripts/moduleRules.ts); some modules, such as Schema, are mixed, and there this test
 * looks at every member that core names.
 *
 * **Source** product rules, module rule 2.
 */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"

const root = join(import.meta.dirname, "..")
const effect = join(root, "node_modules/effect/src")

const declaration = new RegExp(
  String.raw`/\*\*((?:(?!\*/)[\s\S])*)\*/\s*export (?:declare )?(?:abstract )?` +
    String.raw`(?:const|function\*?|class|interface|type|namespace) (\w+)`,
  "g"
)

/** The exports of a module of effect that may break in a minor or a patch release. */
const unstableMembers = (module: string): ReadonlySet<string> => {
  const text = readFileSync(join(effect, `${module}.ts`), "utf8")
  const stable = new Set<string>()
  const tagged: Array<string> = []
  for (const [, comment = "", name = ""] of text.matchAll(declaration)) {
    if (/@stability (?:unstable|experimental)/.test(comment)) tagged.push(name)
    else stable.add(name)
  }
  // A type and a value of one name may differ: the stable one decides.
  return new Set(tagged.filter((name) => !stable.has(name)))
}

const cache = new Map<string, ReadonlySet<string>>()
const unstable = (module: string) => {
  const known = cache.get(module) ?? unstableMembers(module)
  cache.set(module, known)
  return known
}

/** Members of effect's modules that a source names, through a namespace or one by one. */
const uses = (text: string) => {
  const found: Array<{ module: string; member: string; line: number }> = []
  const lineAt = (index: number) => text.slice(0, index).split("\n").length
  for (const [, name = "", module = ""] of text.matchAll(
    /^import (?:type )?\* as (\w+) from "effect\/([\w/]+)"/gm
  )) {
    for (const use of text.matchAll(new RegExp(`(?<![\\w.])${name}\\.(\\w+)`, "g"))) {
      found.push({ module, member: use[1] ?? "", line: lineAt(use.index) })
    }
  }
  for (const one of text.matchAll(/^import (?:type )?\{([^}]*)\} from "effect\/([\w/]+)"/gm)) {
    for (const member of (one[1] ?? "").split(",")) {
      const [name = ""] = member
        .trim()
        .replace(/^type /, "")
        .split(" ")
      if (name !== "") found.push({ module: one[2] ?? "", member: name, line: lineAt(one.index) })
    }
  }
  return found
}

describe("effect's stability tags", () => {
  it("are read as effect writes them", () => {
    const mixed = unstableMembers("Schema")
    assert.isAbove(mixed.size, 100)
    assert.isFalse(mixed.has("Struct"))
    assert.deepEqual(
      uses(`import * as Schema from "effect/Schema"\nconst a = Schema.Struct({})\n`),
      [{ module: "Schema", member: "Struct", line: 2 }]
    )
  })

  it("core names stable members only", () => {
    const violations = globSync("packages/core/src/**/*.ts", { cwd: root }).flatMap((file) =>
      uses(readFileSync(join(root, file), "utf8"))
        .filter(({ module, member }) => unstable(module).has(member))
        .map(({ module, member, line }) => `${file}:${line}: ${module}.${member} is not stable`)
    )
    assert.deepEqual(violations, [])
  })
})
