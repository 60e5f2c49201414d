/**
 * Plants every violation of the table in a copy of the folders outside the repository, so that an
 * interrupted run leaves nothing behind here, and lints them all in one go.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { allowed, configuration, plants, unlisted } from "./moduleRules.ts"

const root = join(import.meta.dirname, "..")

/** Each planted line stands in a tree of its own, because the table knows some files by name. */
const numbered = (file: string, index: number) => `${index}/${file}`

const relevant = new Set([
  "eslint(no-restricted-imports)",
  "eslint(no-restricted-globals)",
  "node(no-process-env)"
])

describe("module rules", () => {
  let tree = ""
  const found = new Map<string, Set<string>>()

  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), "module-rules-"))
    const { overrides, ...rest } = configuration()
    writeFileSync(
      join(tree, ".oxlintrc.json"),
      JSON.stringify({
        ...rest,
        options: { typeAware: false },
        categories: {},
        // The same table, one folder deeper.
        overrides: overrides.map((override) => ({
          ...override,
          files: override.files.map((glob) => (glob.startsWith("**") ? glob : `*/${glob}`))
        }))
      })
    )
    for (const [index, { file, line }] of [...plants(), ...allowed()].entries()) {
      const path = join(tree, numbered(file, index))
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, `${line}\n`)
    }
    const { stdout } = spawnSync(join(root, "node_modules/.bin/oxlint"), ["--format=json"], {
      cwd: tree,
      encoding: "utf8",
      maxBuffer: 1 << 26
    })
    const { diagnostics }: { diagnostics: ReadonlyArray<{ code: string; filename: string }> } =
      JSON.parse(stdout)
    for (const { code, filename } of diagnostics) {
      const rules = found.get(filename) ?? new Set()
      if (relevant.has(code)) found.set(filename, rules.add(code))
    }
  })

  afterAll(() => rmSync(tree, { recursive: true, force: true }))

  it("refuse one planted violation in every folder", () => {
    const missed = plants()
      .map((planted, index) => ({ ...planted, path: numbered(planted.file, index) }))
      .filter(({ path, rule }) => !found.get(path)?.has(rule))
      .map(({ file, line }) => `${file}: ${line}`)
    assert.deepEqual(missed, [])
  })

  it("allow what each folder is for", () => {
    const refused = allowed()
      .map((one, index) => ({ ...one, path: numbered(one.file, plants().length + index) }))
      .filter(({ path }) => found.has(path))
      .map(({ file, line, path }) => `${file}: ${line}: ${[...(found.get(path) ?? [])].join(" ")}`)
    assert.deepEqual(refused, [])
  })

  it("are the ones that lint the repository", () => {
    assert.deepEqual(unlisted(), [])
    execFileSync(process.execPath, [join(root, "scripts/oxlintrc.ts"), "--check"])
  })

  it("keep the root package free of our own packages", () => {
    const manifest: { [kind: string]: { [name: string]: string } } = JSON.parse(
      readFileSync(join(root, "package.json"), "utf8")
    )
    const names = [
      "dependencies",
      "devDependencies",
      "optionalDependencies",
      "peerDependencies"
    ].flatMap((kind) => Object.keys(manifest[kind] ?? {}))
    assert.deepEqual(
      names.filter((name) => name.startsWith("@tidemark/")),
      []
    )
  })
})
