/** The PDF under the port's contract, read back from its pages. */
import { ReportRenderer } from "@tidemark/core/effect"
import { type ReadReport, reportRendererContract } from "@tidemark/core/testing"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer } from "../src/index.ts"
import * as Printed from "./Printed.ts"

const read = (bytes: Uint8Array): ReadReport => {
  const texts = Printed.lines(bytes)
  const numbers = texts.flatMap((text) => {
    if (/^[\d,]+$/.test(text)) return [Number(text.replaceAll(",", ""))]
    return /^[\d.]+%$/.test(text) ? [Number(text.slice(0, -1)) / 100] : []
  })
  return { texts, numbers }
}

reportRendererContract("pdf", () =>
  Effect.map(Layer.build(layer()), (context) => ({
    renderer: Context.get(context, ReportRenderer),
    read: (bytes) => Effect.sync(() => read(bytes))
  }))
)
