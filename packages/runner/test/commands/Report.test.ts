/**
 * `tidemark report` over a store in memory: what is refused in one line, what a file holds, and
 * that customers are listed only where they are asked for.
 */
import { IssueReport, ProgramStore } from "@tidemark/core/effect"
import { Dispositions, type MonthFigures } from "@tidemark/core/rules/report"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import * as ReportHandler from "../../src/commands/ReportHandler.ts"
import { context, month, nowMs, told, truth, using } from "./ReportDesk.ts"

const sheetsOf = (file: string): number =>
  new Set(
    readFileSync(file)
      .toString("latin1")
      .match(/xl\/worksheets\/sheet\d+\.xml/g)
  ).size

const more = (counts: Readonly<Record<string, number>>, name: string) => ({
  ...counts,
  [name]: (counts[name] ?? 0) + 1
})

/** One more than the truth, where each count of the two laws comes from. */
const oneTooMany: Readonly<Record<string, Partial<MonthFigures.MonthFigures>>> = {
  ...Object.fromEntries(
    (["unreachable", "excluded", "unrenderable"] as const).map((name) => [
      name,
      { [name]: more(truth[name], "REASON") }
    ])
  ),
  ...Object.fromEntries(
    (["suppressed", "expired", "delivered", "failed", "undeliverable", "escalated"] as const).map(
      (name) => [name, { states: more(truth.states, name) }]
    )
  ),
  pending: { states: more(truth.states, "waiting") },
  population: { population: 3 },
  qualified: { qualified: 2 },
  notQualified: { notQualified: 2 },
  undetermined: { undetermined: 1 }
}

describe("report --restate", () => {
  it("is tried with a miscount in every summand of both laws", () => {
    const both = [
      ...Dispositions.summands,
      "population",
      "qualified",
      "notQualified",
      "undetermined"
    ]
    assert.sameMembers(Object.keys(oneTooMany), both)
  })

  for (const [name, planted] of Object.entries(oneTooMany)) {
    it(`refuses one too many ${name} in one line that names the law and both sides`, () =>
      using((made) =>
        Effect.gen(function* () {
          made.counts.figures = { ...truth, ...planted }
          const { failed, printed } = yield* told(made, { restate: true })
          assert.match(failed ?? "", /^2026-09: not restated, .* = .* \(\d ≠ \d\)/u)
          assert.notInclude(failed, "\n")
          assert.deepStrictEqual(printed, [])
          const kept = yield* told(made)
          assert.include(kept.printed[0], '"version":"final"')
        })
      ))
  }

  it("issues restated-1 for a change, and keeps both versions to be read", () =>
    using((made) =>
      Effect.gen(function* () {
        made.counts.figures = { ...truth, correctionsObserved: 1 }
        const versions = [
          yield* told(made),
          yield* told(made, { restate: true }),
          yield* told(made, { restate: true }),
          yield* told(made, { issued: "final" })
        ].map(({ printed }) => /"version":"([^"]+)"/.exec(printed[0] ?? "")?.[1])
        assert.deepStrictEqual(versions, ["final", "restated-1", "restated-1", "final"])
        const { failed } = yield* told(made, { issued: "restated-2" })
        assert.strictEqual(failed, "--issued restated-2: 2026-09 has no such report")
      })
    ))
})

describe("report --format xlsx", () => {
  // Caught: a default of true; handing the renderer an annex it was not asked for; a list taken
  // by nobody.
  it("lists no customer unless --annex asks, and then only for the file's owner", () =>
    using((made, folder) =>
      Effect.gen(function* () {
        const file = join(folder, "report.xlsx")
        const xlsx = { format: "xlsx", file } as const
        assert.isUndefined((yield* told(made, xlsx)).failed)
        assert.strictEqual(sheetsOf(file), 7)
        assert.deepStrictEqual(made.accesses, [])
        assert.isUndefined((yield* told(made, { ...xlsx, annex: true })).failed)
        assert.deepStrictEqual(made.accesses, ["dana report.annex 2026-09 final"])
        assert.strictEqual(sheetsOf(file), 8)
        assert.strictEqual(statSync(file).mode & 0o777, 0o600)
      })
    ))

  it("refuses customers that are not those the report counted, and leaves no file", () =>
    using((made, folder) =>
      Effect.gen(function* () {
        made.counts.figures = { ...truth, population: 3, notQualified: 2, correctionsObserved: 1 }
        yield* told(made, { restate: true })
        const file = join(folder, "report.xlsx")
        const { failed } = yield* told(made, { format: "xlsx", annex: true, file })
        assert.strictEqual(
          failed,
          "2026-09 restated-1: the customers are no longer those the report counted " +
            "(annex: NotQualified 1, report 2): issue it again with --restate"
        )
        assert.isFalse(existsSync(file))
        assert.deepStrictEqual(readdirSync(folder), [])
      })
    ))

  it("says where a file cannot be written", () =>
    using((made, folder) =>
      Effect.gen(function* () {
        const file = join(folder, "nowhere", "report.xlsx")
        const { failed } = yield* told(made, { format: "xlsx", file })
        assert.strictEqual(failed, `${file}: cannot be written (ENOENT)`)
      })
    ))
})

describe("a kept report that was tampered with", () => {
  for (const format of ["json", "xlsx", "pdf"] as const) {
    it(`is never shown as ${format}`, () =>
      using((made, folder) =>
        Effect.gen(function* () {
          const store = yield* made.run(ProgramStore)
          const report = yield* made.run(IssueReport.makeReport(month, "final", nowMs))
          if ("_tag" in report) return assert.fail(report.reason)
          const { delivery } = report
          const dispositions = { ...delivery.dispositions, delivered: 2 }
          const json = JSON.stringify({
            ...report,
            version: "restated-1",
            delivery: { ...delivery, dispositions }
          })
          const row = { nowMs, month, version: "restated-1", hash: "h", json, closesMonth: true }
          yield* store.recordReport({ ...row, announcements: [] })
          const file = join(folder, "report")
          const { failed, printed } = yield* told(made, { format, file })
          assert.match(failed ?? "", /^2026-09 restated-1: its totals do not add up: qualified = /)
          assert.deepStrictEqual([printed, readdirSync(folder)], [[], []])
        })
      ))
  }
})

describe("the flags of report", () => {
  it("are refused where they do not go together, before anything is read", () => {
    const none = { now: Option.none(), month: "2026-09", issued: Option.none(), restate: false }
    const plain = {
      ...none,
      format: "json",
      language: "en",
      annex: false,
      by: Option.some("dana"),
      out: Option.none()
    } as const
    const out = Option.some("x")
    const issued = Option.some("final")
    const refusals: ReadonlyArray<readonly [Partial<ReportHandler.ReportInput>, string]> = [
      [{ annex: true }, "--annex lists customers in a workbook: add --format xlsx --out FILE"],
      [{ annex: true, format: "pdf", out }, "--annex lists customers in a workbook"],
      [{ format: "pdf" }, "--format pdf needs --out FILE"],
      [{ restate: true, issued }, "--restate issues a new version: leave --issued out"],
      [{ annex: true, format: "xlsx", out, by: Option.none() }, "--annex names customers"],
      [{ annex: true, format: "xlsx", out, issued }, "--annex lists customers as they are now"],
      [{ month: "2026-13" }, "--month 2026-13: no such month"]
    ]
    for (const [over, line] of refusals) {
      assert.throws(() => ReportHandler.report({ ...plain, ...over }, context([])), line)
    }
  })
})
