/**
 * `npm run bench -- --program`: one month of a whole program through the real commands, as
 * processes of their own, against a sandbox bank and a sandbox carrier that accepts and delivers
 * at once.
 *
 * `--size N` customers (default 1,000,000), `--runners 1,2,4` processes for dispatch and receipts
 * (default 1): the month is captured and decided once, and delivered from a copy by each number of
 * them. `--write` puts the months into docs/operating/scale.md and .json beside it.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { loadavg } from "node:os"
import { join } from "node:path"
import * as Place from "./program/Place.ts"
import * as ProgramPage from "./program/ProgramPage.ts"
import * as Stages from "./program/Stages.ts"

const page = join(import.meta.dirname, "../../../docs/operating/scale.md")
const json = join(import.meta.dirname, "../../../docs/operating/scale.json")

const audited = async (carrier: string) => {
  const answer = await fetch(`${carrier}/sandbox/log-summary`)
  const summary: unknown = await answer.json()
  const of = (name: string): number => {
    const found: unknown =
      typeof summary === "object" && summary !== null ? Reflect.get(summary, name) : undefined
    if (typeof found !== "number") throw new Error(`the carrier's summary has no ${name}`)
    return found
  }
  return { accepted: of("accepted"), duplicates: of("duplicates") }
}

const marks = ["<!-- begin: npm run bench -- --program --write -->", "<!-- end -->"] as const

const write = (lived: ProgramPage.Lived): void => {
  const before: ReadonlyArray<ProgramPage.Lived> = existsSync(json)
    ? JSON.parse(readFileSync(json, "utf8"))
    : []
  const others = before.filter(
    ({ customers, runners }) => customers !== lived.customers || runners !== lived.runners
  )
  const all = [...others, lived].toSorted(
    (left, right) => left.customers - right.customers || left.runners - right.runners
  )
  writeFileSync(json, `${JSON.stringify(all, null, 2)}\n`)
  const text = readFileSync(page, "utf8")
  const [begin, end] = marks
  const from = text.indexOf(begin)
  const to = text.indexOf(end, from)
  if (from < 0 || to < 0) throw new Error(`${page}: no place for the figures`)
  const figures = all.map(ProgramPage.section).join("\n")
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n\n${figures}\n${text.slice(to)}`)
}

/** Lives the month, tells each stage as it ends, and says the whole at the end. */
export const measure = async (
  url: string,
  where: { readonly machine: string; readonly database: string },
  options: {
    readonly customers: number
    readonly runners: ReadonlyArray<number>
    readonly write: boolean
  }
): Promise<void> => {
  const { customers, runners } = options
  const decided: Array<Stages.Stage> = []
  const into = (stages: Array<Stages.Stage>) => (stage: Stages.Stage) => {
    stages.push(stage)
    const { items, peakMb, wallMs } = stage
    const took = `${(wallMs / 1000).toFixed(1)} s, ${peakMb} MB`
    process.stderr.write(`${stage.stage}: ${items.toLocaleString("en")} in ${took}\n`)
  }
  const places = [await Place.open(url, customers)]
  try {
    const [origin] = places
    if (origin === undefined) return
    await Stages.decide(origin, customers, into(decided))
    while (places.length < runners.length) places.push(await origin.copy())
    for (const [index, place] of places.entries()) {
      const count = runners[index] ?? 1
      // The first half was lived once, by one runner.
      const stages = index === 0 ? decided : []
      await Stages.deliver(place, customers, count, into(stages))
      const lived: ProgramPage.Lived = {
        customers,
        runners: count,
        ...where,
        at: new Date().toISOString().slice(0, 16).replace("T", " "),
        load: loadavg()[2] ?? 0,
        stages,
        tables: await place.database.tables(Place.schema),
        ...(await audited(place.carrier))
      }
      console.log(ProgramPage.section(lived))
      if (options.write) write(lived)
    }
  } finally {
    for (const place of places.toReversed()) await place.close()
  }
}
