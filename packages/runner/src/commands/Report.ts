/**
 * `tidemark report`: flags and help. The work is in `ReportHandler`.
 *
 * **Source** — surfaces, report; product rules, Report.
 */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as TerminalCommand from "../TerminalCommand.ts"

/** The command. */
export const report = Command.make(
  "report",
  {
    now: Flag.String("now").pipe(
      Flag.optional,
      Flag.withMetavar("INSTANT"),
      Flag.withDescription("business time, ISO 8601 in UTC; refused with a real carrier")
    ),
    month: Flag.String("month").pipe(
      Flag.withMetavar("YYYY-MM"),
      Flag.withDescription("the month")
    ),
    issued: Flag.String("issued").pipe(
      Flag.optional,
      Flag.withMetavar("VERSION"),
      Flag.withDescription(
        "an issued version by name: provisional, final, restated-1 … (default: the newest)"
      )
    ),
    restate: Flag.Boolean("restate").pipe(
      Flag.withDefault(false),
      Flag.withoutNegation,
      Flag.withDescription(
        "issue a further version first, where corrections or late receipts have changed a final one"
      )
    ),
    format: Flag.Literals("format", ["json", "xlsx", "pdf"]).pipe(
      Flag.withDefault("json"),
      Flag.withDescription("the form of the report; a workbook or a PDF needs --out")
    ),
    language: Flag.Literals("language", ["en", "he"]).pipe(
      Flag.withDefault("en"),
      Flag.withDescription("the language of a workbook or a PDF")
    ),
    annex: Flag.Boolean("annex").pipe(
      Flag.withDefault(false),
      Flag.withoutNegation,
      Flag.withDescription(
        "list every customer by id in the workbook: keep such a file with the bank's own records"
      )
    ),
    by: Flag.String("by").pipe(
      Flag.optional,
      Flag.withMetavar("WHO"),
      Flag.withDescription("who you are; --annex needs it, and the audit keeps it")
    ),
    out: Flag.String("out").pipe(
      Flag.optional,
      Flag.withMetavar("FILE"),
      Flag.withDescription("write this file instead of stdout")
    )
  },
  TerminalCommand.run(async () => (await import("./ReportHandler.ts")).report)
).pipe(
  Command.withDescription(
    "Prints a month's report, or writes it as a workbook or a PDF: the issued one where there is " +
      "one, else the provisional figures of now. It holds counts only; customers are listed " +
      "where --annex asks for them."
  ),
  Command.withShortDescription("a month's report")
)
