/** The workbook under the port's contract; hucre, another library, reads what exceljs wrote. */
import { reportRendererContract } from "@tidemark/core/testing"
import * as Effect from "effect/Effect"
import * as Workbooks from "./Workbooks.ts"

reportRendererContract("xlsx", () =>
  Effect.map(Workbooks.renderer(), (renderer) => ({
    renderer,
    read: (bytes) => Effect.promise(() => Workbooks.seen(bytes))
  }))
)
