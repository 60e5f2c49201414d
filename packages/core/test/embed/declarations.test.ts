/** What a host's compiler sees of `@tidemark/core`, and what it costs to load. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const core = join(import.meta.dirname, "../..")
const imports = /(?:from|import\()\s*["']([^"']+)["']/g

/** The declarations reachable from one, and the packages they import. */
const reach = (entry: string) => {
  const seen = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    // Examples in doc comments are no imports.
    const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "")
    for (const [, path = ""] of text.matchAll(imports)) {
      if (path.startsWith(".")) visit(join(dirname(file), path.replace(/\.[tj]s$/, ".d.ts")))
      else packages.add(path)
    }
  }
  visit(entry)
  return { files: seen.size, packages: [...packages] }
}

describe("the entry for hosts", () => {
  let out: string
  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), "tidemark-declarations-"))
    const tsc = createRequire(import.meta.url).resolve("typescript/package.json")
    const args = ["-p", join(core, "tsconfig.build.json"), "--outDir", out]
    const build = ["--tsBuildInfoFile", join(out, "x.tsbuildinfo")]
    execFileSync(process.execPath, [join(dirname(tsc), "bin/tsc"), ...args, ...build])
  }, 60_000)
  afterAll(() => rmSync(out, { recursive: true, force: true }))

  it("names no Effect in any declaration it reaches", () => {
    const { files, packages } = reach(join(out, "index.d.ts"))
    assert.isAbove(files, 10)
    assert.deepEqual(packages, [])
    // The search itself sees Effect where there is Effect.
    const { packages: ofEffect } = reach(join(out, "effect.d.ts"))
    assert.include(ofEffect, "effect/Effect")
  })
})

describe("the code behind it", () => {
  it("is bundled whole, and its size is told", () => {
    const tsup = createRequire(createRequire(import.meta.url).resolve("tsup"))
    const esbuild = tsup.resolve("esbuild/bin/esbuild")
    const size = (...external: ReadonlyArray<string>): number => {
      const bundle = execFileSync(
        process.execPath,
        [
          esbuild,
          join(core, "src/index.ts"),
          "--bundle",
          "--minify",
          "--format=esm",
          ...external.map((name) => `--external:${name}`)
        ],
        { maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"] }
      )
      return Math.round(gzipSync(bundle).length / 102.4) / 10
    }
    const whole = size()
    const withoutNumbers = size("libphonenumber-js/max")
    console.log(`@tidemark/core bundled: ${whole} KB gzipped, ${withoutNumbers} KB without phones`)
    assert.isAbove(whole, withoutNumbers)
    assert.isAtMost(withoutNumbers, 120)
  })
})
