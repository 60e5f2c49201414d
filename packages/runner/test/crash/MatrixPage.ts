/**
 * docs/reference/crash-matrix.md: what each fault led to on real processes, beside what the model
 * allows, which is read where its own matrix is printed.
 *
 * **Source** — delivery protocol 2.6 (Crash matrix).
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { classes } from "./CarrierClass.ts"
import type { CellResult } from "./Matrix.ts"
import { isUnbounded, rows } from "./MatrixRows.ts"

const docs = join(import.meta.dirname, "../../../../docs")
const page = join(docs, "reference/crash-matrix.md")

/** Rows of a Markdown table, its head included. */
type Table = ReadonlyArray<ReadonlyArray<string>>

/** Between a marker and the end that follows it. */
const section = (text: string, begin: string, end: string) => {
  const from = text.indexOf(begin) + begin.length
  const to = text.indexOf(end, from)
  if (from < begin.length || to < 0) throw new Error(`no section ${begin}`)
  return { before: text.slice(0, from), inside: text.slice(from, to), after: text.slice(to) }
}

const tableOf = (text: string): Table =>
  text
    .split("\n")
    .filter((line) => line.startsWith("|") && !line.startsWith("| -"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim())
    )

/** The model's ends by fault and class, as docs/concepts/delivery.md has them. */
const designedOf = (bounded: boolean) => {
  const text = readFileSync(join(docs, "concepts/delivery.md"), "utf8")
  const marker = `<!-- model: ${bounded ? "bounded" : "unbounded"} -->`
  const [head = [], ...body] = tableOf(section(text, marker, "<!-- model: end -->").inside)
  return (fault: string, carrierClass: string): ReadonlyArray<string> => {
    const line = body.find(([name]) => name === fault)
    const cell = line?.[head.indexOf(carrierClass)]
    if (cell === undefined) throw new Error(`the model has no ${fault} of ${carrierClass}`)
    return cell.split(", ").map((end) => (end === "**two SMS**" ? "delivered/2" : end))
  }
}

/** One end of many: the other ends the model allows are said beside it. */
const cellText = (seen: string, designed: ReadonlyArray<string>): string => {
  if (!designed.includes(seen)) return `**${seen}** (not designed: ${designed.join(", ")})`
  const others = designed.filter((end) => end !== seen)
  return others.length === 0 ? seen : `${seen} (or ${others.join(", ")})`
}

/** What was played takes the place of what the page has of the same rows. */
export const write = (store: string, results: ReadonlyArray<CellResult>): void => {
  const text = readFileSync(page, "utf8")
  const begin = `<!-- begin: npm run chaos -- --matrix --store ${store} --write -->`
  const { after, before, inside } = section(text, begin, "<!-- end -->")
  const known = new Map(tableOf(inside).map((cells) => [cells[0] ?? "", cells]))
  const lines = rows.flatMap((row) => {
    const played = results.filter((result) => result.row.name === row.name)
    if (played.length < classes.length) {
      const line = known.get(row.name)
      return line === undefined ? [] : [line]
    }
    const designed = designedOf(!isUnbounded(row))
    const cells = classes.map((name) => {
      const end = played.find(({ carrierClass }) => carrierClass === name)?.end ?? "not played"
      return cellText(end, designed(row.designed, name))
    })
    const pauses = isUnbounded(row) ? "any length" : "bounded"
    return [[row.name, row.designed, pauses, ...cells]]
  })
  const head = ["on real processes", "in the model", "pauses", ...classes]
  const table = [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`)
  writeFileSync(page, `${before}\n\n${table.join("\n")}\n\n${after}`)
}
