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

const relevant = new Set([
  "eslint(no-restricted-imports)",
  "eslint(no-restricted-globals)",
  "node(no-process-env)"
])

interface Diagnostic {
  readonly code: string
  readonly filename: string
  readonly labels: ReadonlyArray<{ readonly span: { readonly line: number } }>
}

const key = (file: string, line: number) => `${file}:${line}`

describe("module rules", () => {
  let tree = ""
  /** The rules that spoke, by file and line. */
  const found = new Map<string, Set<string>>()
  /** Where each planted line stands: the lines of one file follow one another. */
  const placed = new Map<{ readonly file: string; readonly line: string }, string>()
  const refusedLines = plants()
  const allowedLines = allowed()

  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), "module-rules-"))
    // The very configuration, but for the rules that need types: those need the real tree.
    const config = { ...configuration(), options: { typeAware: false } }
    writeFileSync(join(tree, ".oxlintrc.json"), JSON.stringify(config))
    const texts = new Map<string, Array<string>>()
    for (const one of [...refusedLines, ...allowedLines]) {
      const lines = texts.get(one.file) ?? []
      // No two lines of one file may declare the same name.
      lines.push(one.line.replace(/planted/i, (name) => `${name}${lines.length}`))
      texts.set(one.file, lines)
      placed.set(one, key(one.file, lines.length))
    }
    for (const [file, lines] of texts) {
      mkdirSync(dirname(join(tree, file)), { recursive: true })
      writeFileSync(join(tree, file), lines.join("\n"))
    }
    const { stdout } = spawnSync(join(root, "node_modules/.bin/oxlint"), ["--format=json"], {
      cwd: tree,
      encoding: "utf8",
      maxBuffer: 1 << 28
    })
    const { diagnostics }: { readonly diagnostics: ReadonlyArray<Diagnostic> } = JSON.parse(stdout)
    for (const { code, filename, labels } of diagnostics) {
      if (!relevant.has(code)) continue
      const place = key(filename, labels[0]?.span.line ?? 0)
      found.set(place, (found.get(place) ?? new Set()).add(code))
    }
  })

  afterAll(() => rmSync(tree, { recursive: true, force: true }))

  const spoken = (one: { readonly file: string; readonly line: string }) =>
    found.get(placed.get(one) ?? "") ?? new Set<string>()

  it("refuse every violation planted in every folder", () => {
    const missed = refusedLines.filter((one) => !spoken(one).has(one.rule))
    assert.deepEqual(
      missed.map(({ file, line }) => `${file}: ${line}`),
      []
    )
  })

  it("allow what each folder is for", () => {
    const refused = allowedLines.filter((one) => spoken(one).size > 0)
    assert.deepEqual(
      refused.map((one) => `${one.file}: ${one.line}: ${[...spoken(one)].join(" ")}`),
      []
    )
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
