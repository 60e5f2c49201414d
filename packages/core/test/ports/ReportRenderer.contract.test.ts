/** The plain-text layer under the contract, and layers that each break one rule on purpose. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import { ReportRenderer } from "../../src/ports/ReportRenderer.ts"
import {
  failedReportRendererChecks,
  type ReadReport,
  type RendererDesk,
  reportRendererContract
} from "../../src/testing/ReportRendererContract.ts"
import * as ReportSamples from "../../src/testing/ReportSamples.ts"

const read = (bytes: Uint8Array): ReadReport => {
  const cells = new TextDecoder().decode(bytes).split(/[\t\n]/)
  const numbers = cells.flatMap((cell) => {
    if (/^\d+$/.test(cell)) return [Number(cell)]
    return /^[\d.]+%$/.test(cell) ? [Number(cell.slice(0, -1)) / 100] : []
  })
  return { texts: cells, numbers }
}

const make = () =>
  Effect.map(Layer.build(ReportRenderer.layerMemory), (context): RendererDesk => ({
    renderer: Context.get(context, ReportRenderer),
    read: (bytes) => Effect.sync(() => read(bytes))
  }))

reportRendererContract("plain text", make)

type Change = (desk: RendererDesk) => RendererDesk

const rendering =
  (change: (render: RendererDesk["renderer"]["render"]) => RendererDesk["renderer"]["render"]) =>
  (desk: RendererDesk): RendererDesk => ({
    ...desk,
    renderer: { ...desk.renderer, render: change(desk.renderer.render) }
  })

const edited = (edit: (text: string) => string): Change =>
  rendering((render) => (report, options) => {
    const text = render(report, options).pipe(Stream.decodeText, Stream.mkString)
    return Stream.encodeText(Stream.fromEffect(Effect.map(text, edit)))
  })

let drawn = 0

const broken: ReadonlyArray<readonly [breaks: string, change: Change, caughtBy: string]> = [
  [
    "a renderer that leaves out what it does not know",
    edited((text) => text.replace(/^.*performance\.receiptsWithoutMessage.*\n/m, "")),
    "shows every figure of the JSON with its formula, in English"
  ],
  [
    "a figure without its formula",
    edited((text) => text.replaceAll("delivered / accepted and at their end", "")),
    "shows every figure of the JSON with its formula, in English"
  ],
  [
    "a rate of another denominator",
    edited((text) => text.replaceAll("92.9%", "88.8%")),
    "shows every figure of the JSON with its formula, in Hebrew"
  ],
  [
    "Hebrew that is English",
    rendering((render) => (report, options) => render(report, { ...options, language: "en" })),
    "shows every figure of the JSON with its formula, in Hebrew"
  ],
  [
    "rounded thousands",
    edited((text) => text.replaceAll("2711", "2700")),
    "shows every figure of the JSON with its formula, in English"
  ],
  [
    "bytes that change",
    edited((text) => `${text}${drawn++}`),
    "makes the same bytes of the same report"
  ],
  [
    "a miscount set in type",
    rendering(
      (render) => (report, options) => render({ ...report, version: "provisional" }, options)
    ),
    "refuses a final or restated report whose checks do not hold"
  ],
  [
    "checks that are believed",
    rendering((render) => (report, options) => {
      const believed = report.conservation.every(({ holds }) => holds)
      return render(believed ? ReportSamples.full() : report, options)
    }),
    "compares both sides itself, whatever the report says of them"
  ],
  [
    "a miscount that looks well",
    edited((text) => text.replaceAll("BROKEN", "holds")),
    "shows a provisional miscount as one, with both sides"
  ],
  [
    "a status nobody sees",
    edited((text) => text.replaceAll("FINAL", "")),
    "says whether the report is provisional, final or restated"
  ],
  [
    "text as it comes",
    edited((text) => text.replaceAll("‹U+202E›", "\u202e")),
    "keeps text from the data as text a reader can see"
  ],
  [
    "an annex that is forgotten",
    rendering(
      (render) =>
        (report, { language }) =>
          render(report, { language })
    ),
    "writes every customer of the annex, or refuses an annex"
  ],
  [
    "an annex that ends where its source fails",
    rendering(
      (render) => (report, options) =>
        render(report, options).pipe(Stream.catchTag("ReportRendererError", () => Stream.empty))
    ),
    "fails where the annex cannot be read, to be tried again"
  ]
]

describe("the contract of ReportRenderer", () => {
  for (const [breaks, change, caughtBy] of broken) {
    it(`notices ${breaks}`, async () => {
      const found = await Effect.runPromise(
        failedReportRendererChecks(() => Effect.map(make(), change))
      )
      assert.include(found, caughtBy)
    })
  }
})
