/**
 * docs/reference/crash-matrix.md, written by `npm run chaos -- --matrix --write` from what real
 * processes came to, held against what the model explores.
 *
 * **Source** — delivery protocol 2.6 (Crash matrix).
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { cell, matrixRows } from "../../src/testing/model/CrashMatrix.ts"
import { modelClasses } from "../../src/testing/model/ModelCarriers.ts"

const page = readFileSync(
  join(import.meta.dirname, "../../../../docs/reference/crash-matrix.md"),
  "utf8"
)

/** The rows written for a store, the head first. */
const tableOf = (store: string): ReadonlyArray<ReadonlyArray<string>> => {
  const begin = `<!-- begin: npm run chaos -- --matrix --store ${store} --write -->`
  const from = page.indexOf(begin)
  const to = page.indexOf("<!-- end -->", from)
  assert.isAbove(from, 0)
  return page
    .slice(from, to)
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| -"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((text) => text.trim())
    )
}

/** Every end a cell names: the one that was seen, then those the model allows beside it. */
const endsOf = (text: string): ReadonlyArray<string> => text.split(/, | \(or |\)/).filter(Boolean)

const designedOf = (fault: string, carrierClass: string, bounded: boolean) => {
  const row = matrixRows.find((one) => one.fault === fault)
  const name = modelClasses.find((one) => one === carrierClass)
  if (row === undefined || name === undefined) return assert.fail(`${fault}, ${carrierClass}`)
  return cell(row, name, bounded).map((end) => (end === "**two SMS**" ? "delivered/2" : end))
}

/** Faults without a row: docs/reference/crash-matrix.md says why, and where they are struck. */
const absent: ReadonlyArray<readonly [store: string, faults: ReadonlyArray<string>]> = [
  ["postgres", ["database restored"]],
  ["pglite", ["lease over, worker alive", "database restored"]]
]

describe("docs/reference/crash-matrix.md", () => {
  // Caught: an end on the page that no order of the fault's events leads to.
  it.for(["postgres", "pglite"])("shows on %s nothing but ends the model has", (store) => {
    const [head = [], ...rows] = tableOf(store)
    const classes = head.slice(3)
    assert.sameMembers([...classes], [...modelClasses])
    assert.isAbove(rows.length, 10)
    for (const [name = "", fault = "", pauses, ...cells] of rows) {
      for (const [index, text] of cells.entries()) {
        const carrierClass = classes[index] ?? ""
        const designed = designedOf(fault, carrierClass, pauses === "bounded")
        assert.sameMembers([...endsOf(text)], [...designed], `${name}, ${carrierClass}`)
      }
    }
  })

  // Caught: a fault of the model that nobody has played on real processes.
  it.for(absent)("has every fault of the model that can be played on %s", ([store, faults]) => {
    const [, ...rows] = tableOf(store)
    const played = new Set(rows.map(([, fault]) => fault))
    const designed = matrixRows.map(({ fault }) => fault)
    assert.deepStrictEqual(
      designed.filter((fault) => !played.has(fault)),
      faults
    )
  })
})
