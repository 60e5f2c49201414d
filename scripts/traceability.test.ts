/**
 * Holds docs/reference/traceability.md to the original architecture and to the repository: no
 * section left out, no path that leads nowhere, no row that claims without showing. Paths and links
 * of the concepts and decisions it leads to are held as well.
 *
 * **Source** original architecture, all of it; product rules, quality.
 */
import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { assert, describe, it } from "vitest"

const root = join(import.meta.dirname, "..")
const pagePath = "docs/reference/traceability.md"
const linesOf = (path: string): ReadonlyArray<string> =>
  readFileSync(join(root, path), "utf8").split("\n")

/** Headings of the second and third level, fences left out. */
const headings = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  let fenced = false
  return lines.filter((line) => {
    if (line.startsWith("```")) fenced = !fenced
    return !fenced && /^#{2,3} /.test(line)
  })
}

const original = linesOf("docs/reference/original-architecture.md")
const page = linesOf(pagePath)

interface Row {
  readonly number: string
  readonly status: string
  readonly here: string
  readonly heldBy: string
  readonly line: string
}

const rows: ReadonlyArray<Row> = page.flatMap((line) => {
  const [, number, , status, here, heldBy] = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
  if (number === undefined || !/^\d/.test(number)) return []
  return [{ number, status: status ?? "", here: here ?? "", heldBy: heldBy ?? "", line }]
})

const pathPattern = /`((?:packages|scripts|docs|examples)\/[^`\s]+)`/g
const pathsOf = (cell: string): ReadonlyArray<string> =>
  Array.from(cell.matchAll(pathPattern), ([, path = ""]) => path)

describe("the traceability page", () => {
  it("has every section of the original, in its order and no other", () => {
    const sections = headings(original)
    assert.isAbove(sections.length, 30)
    assert.deepStrictEqual(headings(page), sections)
  })

  it("has rows under every section that has no sections of its own", () => {
    const places = page.flatMap((line, index) => (/^#{2,3} /.test(line) ? [index] : []))
    const empty = places.filter((place, index) => {
      const end = places[index + 1] ?? page.length
      const parent = page[place]?.startsWith("## ") && page[end]?.startsWith("### ")
      const own = page.slice(place, end)
      return parent !== true && !own.some((line) => /^\| \d/.test(line))
    })
    assert.deepStrictEqual(
      empty.map((place) => page[place]),
      []
    )
  })

  it("numbers its rows without a repetition", () => {
    assert.isAbove(rows.length, 100)
    assert.strictEqual(new Set(rows.map(({ number }) => number)).size, rows.length)
  })

  it("gives every row a status, and names code and a test for all that is not planned", () => {
    const statuses = ["yes", "otherwise", "part", "planned"]
    const wrong = rows.filter(({ heldBy, here, status }) => {
      if (!statuses.includes(status)) return true
      if (status === "planned") return here === ""
      if (pathsOf(here).length === 0 && pathsOf(heldBy).length === 0) return true
      return heldBy !== "nothing yet" && pathsOf(heldBy).length === 0
    })
    assert.deepStrictEqual(
      wrong.map(({ line }) => line),
      []
    )
  })
})

describe("concepts, decisions and the traceability page", () => {
  const pages = [pagePath, ...globSync("docs/{concepts,decisions}/*.md", { cwd: root })]

  it("name only paths that exist", () => {
    assert.isAbove(pages.length, 10)
    const missing = pages.flatMap((from) =>
      pathsOf(linesOf(from).join("\n"))
        .filter((path) => !path.includes("*") && !existsSync(join(root, path)))
        .map((path) => `${from}: ${path}`)
    )
    assert.deepStrictEqual(missing, [])
  })

  it("link only to files that exist", () => {
    const links = pages.flatMap((from) =>
      Array.from(
        linesOf(from)
          .join("\n")
          .matchAll(/\]\(([^)#:]+)\)/g),
        ([, to = ""]) => [from, to]
      )
    )
    assert.isAbove(links.length, 10)
    const broken = links.filter(
      ([from = "", to = ""]) => !existsSync(join(root, dirname(from), to))
    )
    assert.deepStrictEqual(broken, [])
  })
})
