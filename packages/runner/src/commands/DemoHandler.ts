/**
 * `tidemark demo`: plays a month and tells what happened, with the carrier's own log as the judge.
 *
 * **Source** — surfaces, demo.
 */
import type { MonthlyReport } from "@tidemark/core/rules/report"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import * as DemoPlan from "../demo/DemoPlan.ts"
import * as DemoRun from "../demo/DemoRun.ts"
import * as DemoSheet from "../demo/DemoSheet.ts"
import * as DemoState from "../demo/DemoState.ts"
import * as Operate from "../Operate.ts"
import * as ReportFile from "../ReportFile.ts"
import { progressOf } from "../demo/DemoProgress.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput, Ended } from "../TerminalFailure.ts"

interface DemoInput {
  readonly customers: number
  readonly month: string
  readonly seed: number
  readonly data: Option.Option<string>
  readonly resume: boolean
}

/** A new demo, or the one to go on with. */
const stateOf = (input: DemoInput): DemoState.DemoState => {
  const given = Option.getOrUndefined(input.data)
  if (input.resume) {
    if (given === undefined) throw new BadInput({ reason: "--resume needs --data DIR" })
    return DemoState.load(resolve(given))
  }
  // Checked before anything is made.
  const options = DemoPlan.options({ ...input, directory: "" })
  const directory =
    given === undefined ? mkdtempSync(join(tmpdir(), "tidemark-demo-")) : resolve(given)
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    const reason = DemoState.exists(directory)
      ? "a demo is already there: add --resume, or name another folder"
      : "the folder is not empty: name another one"
    throw new BadInput({ where: directory, reason })
  }
  mkdirSync(directory, { recursive: true })
  const state: DemoState.DemoState = {
    options: { ...options, directory },
    nowMs: DemoRun.beginningMs(options)
  }
  // Before anything else: from here on a kill at any moment can be resumed.
  DemoState.save(state)
  return state
}

/** The report in its three forms, beside the demo's own files. */
const writeReports = async (
  report: MonthlyReport.MonthlyReport,
  directory: string,
  signal: AbortSignal
): Promise<DemoSheet.ReportPaths> => {
  const paths = {
    json: join(directory, "report.json"),
    xlsx: join(directory, "report.xlsx"),
    pdf: join(directory, "report.pdf")
  }
  const json = ReportFile.text(`${JSON.stringify(report, null, 2)}\n`)
  await Operate.run(ReportFile.write(paths.json, json), signal)
  for (const format of ["xlsx", "pdf"] as const) {
    const setting = { language: "en", trend: [] } as const
    await Operate.run(ReportFile.render(paths[format], report, format, setting), signal)
  }
  return paths
}

/** The handler. Exit 1 when the month's books do not balance or a message was sent twice. */
export const demo = async (input: DemoInput, context: CommandContext): Promise<void> => {
  const state = stateOf(input)
  const { directory } = state.options
  const progress = progressOf(state.options)
  const result = await Operate.run(
    DemoRun.play(state, progress).pipe(Effect.provide(Operate.logs("Error"))),
    context.signal
  ).finally(() => progress.end())
  const paths = await writeReports(result.story.report, directory, context.signal)
  if (context.json) context.out.json(DemoSheet.json(result, paths))
  else for (const line of DemoSheet.text(state.options, result, paths)) context.out.line(line)
  const balanced = result.story.report.conservation.every((check) => check.holds)
  if (!balanced || result.audit.duplicates > 0) throw new Ended({ exitCode: 1 })
}
