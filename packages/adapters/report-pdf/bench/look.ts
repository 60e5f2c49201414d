/**
 * Writes the sample report to look at, in both languages, and says how long a document takes:
 * `node packages/adapters/report-pdf/bench/look.ts [folder]`.
 */
import { ReportRenderer, toBytes } from "@tidemark/core/effect"
import { ReportSamples } from "@tidemark/core/testing"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { layer } from "../src/index.ts"

const folder = process.argv[2] ?? tmpdir()
for (const language of ["he", "en", "he"] as const) {
  const startedMs = performance.now()
  const bytes = await Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(Layer.build(layer()), (context) =>
        toBytes(
          Context.get(context, ReportRenderer).render(ReportSamples.full(), {
            language,
            trend: ReportSamples.trend()
          })
        )
      )
    )
  )
  const file = join(folder, `report-${language}.pdf`)
  writeFileSync(file, bytes)
  const tookMs = Math.round(performance.now() - startedMs)
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024)
  console.log(`${file}: ${tookMs} ms, ${bytes.length} bytes, ${megabytes} MB at most`)
}
