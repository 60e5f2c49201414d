/**
 * Writes an annex of a million customers and says how long it took and how much memory it needed:
 * `node packages/adapters/report-excel/bench/annex.ts [rows] [rows per page]`.
 *
 * The goal: at most 60 s and 350 MB.
 */
import { type AnnexRow, ReportRenderer } from "@tidemark/core/effect"
import { BusinessDate } from "@tidemark/core/rules"
import { ReportSamples } from "@tidemark/core/testing"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { createWriteStream } from "node:fs"
import { stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { layer } from "../src/index.ts"

const rows = Number(process.argv[2] ?? 1_000_000)
const pageRows = Number(process.argv[3] ?? 1000)
const from = BusinessDate.unchecked("2026-10-03")
const dates = [{ from, to: BusinessDate.unchecked("2026-10-05") }]

const customer = (n: number): AnnexRow =>
  n % 2 === 0
    ? {
        customerId: `C-${String(n).padStart(9, "0")}`,
        outcome: "NotQualified",
        firstReason: "BELOW_THRESHOLD",
        dates,
        daysMet: 28,
        daysRequired: 31,
        disposition: null,
        dispositionReason: null
      }
    : {
        customerId: `C-${String(n).padStart(9, "0")}`,
        outcome: "Qualified",
        firstReason: "MET_EVERY_DAY",
        dates: [],
        daysMet: 31,
        daysRequired: 31,
        disposition: "delivered",
        dispositionReason: null
      }

// One page at a time: the stream would else take thousands of them at once.
const pages = Stream.fromIterable(
  {
    *[Symbol.iterator]() {
      for (let start = 0; start < rows; start += pageRows) {
        const size = Math.min(pageRows, rows - start)
        yield Array.from({ length: size }, (_, index) => customer(start + index))
      }
    }
  },
  { chunkSize: 1 }
)

const file = join(tmpdir(), "tidemark-annex.xlsx")
const startedMs = performance.now()
await Effect.runPromise(
  Effect.scoped(
    Effect.gen(function* () {
      const renderer = Context.get(yield* Layer.build(layer()), ReportRenderer)
      const bytes = renderer.render(ReportSamples.full("provisional"), {
        language: "he",
        annex: pages
      })
      yield* Effect.promise(() => pipeline(Stream.toAsyncIterable(bytes), createWriteStream(file)))
    })
  )
)
const seconds = Math.round((performance.now() - startedMs) / 100) / 10
const megabytes = Math.round(process.resourceUsage().maxRSS / 1024)
const written = Math.round((await stat(file)).size / 1_000_000)
console.log(`${rows} rows: ${seconds} s, ${megabytes} MB at most, file of ${written} MB: ${file}`)
