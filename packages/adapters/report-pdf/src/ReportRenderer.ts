/**
 * The `ReportRenderer` port as a PDF for print: one page to read, the others to check.
 *
 * **Guarantee** — no script, no link, nothing loaded from outside; Hebrew in its own order; the
 * same report is the same bytes. It holds no annex: customers are for the workbook.
 *
 * **Source** — original architecture §3.5 (PDF export); product rules, Report.
 */
import { refusal, ReportContents, ReportRenderer } from "@tidemark/core/effect"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { classifyError } from "./classifyError.ts"
import * as Client from "./Client.ts"
import * as Config from "./Config.ts"
import * as Pages from "./Pages.ts"

const render =
  (options: Config.ReportPdfOptions): (typeof ReportRenderer)["Service"]["render"] =>
  (report, given) =>
    Stream.suspend(() => {
      const refused = refusal(report, given, false)
      if (refused !== undefined) return Stream.fail(refused)
      const bytes = Effect.tryPromise({
        try: async () => {
          const family = await Client.familyOf(options.regularFont, options.boldFont)
          const contents = ReportContents.of(report, given.language, given.trend ?? [])
          return await Client.bytes(Pages.document(report, contents, options.creator, family))
        },
        catch: classifyError
      })
      return Stream.fromEffect(bytes)
    })

/** The renderer, with options by value. */
export const layer = (
  options: Partial<Config.ReportPdfOptions> = {}
): Layer.Layer<ReportRenderer> =>
  Layer.sync(ReportRenderer, (): (typeof ReportRenderer)["Service"] => ({
    format: "pdf",
    mediaType: "application/pdf",
    holdsAnnex: false,
    render: render(Config.options(options))
  }))
