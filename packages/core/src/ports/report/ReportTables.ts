/**
 * The tables of a report, section by section: each figure with its words, its formula, its
 * denominator and its place in the JSON.
 *
 * **Source** — product rules, Report ("every figure has formula and denominator"); original
 * architecture §3.5.
 */
import * as Dispositions from "../../report/Dispositions.ts"
import type { MonthlyReport, Rate } from "../../report/MonthlyReport.ts"
import type { Figure, Moment, Table } from "./ReportTable.ts"
import * as ReportWords from "./ReportWords.ts"
import { visible } from "./VisibleText.ts"

export type * from "./ReportTable.ts"

/** An earlier month as the trend needs it: an earlier report is one. */
export type TrendMonth = Pick<MonthlyReport, "month" | "version" | "summary">

type Report = MonthlyReport
type Counts = Readonly<Record<string, number>>
type Words = ReportWords.ReportWords

/** `FINAL`, `PROVISIONAL` or `RESTATED 1`, in the language. */
export const statusOf = (words: Words, version: string): string => {
  const [kind = "", n] = version.split("-")
  const known =
    kind === "final" || kind === "provisional" || kind === "restated" ? words.versions[kind] : kind
  return n === undefined ? visible(known) : visible(`${known} ${n}`)
}

const ratio = (count: number, of: number | null): number | null =>
  of === null || of === 0 ? null : count / of

const counted = (words: Words, path: string): ReportWords.Counted => words.figures[path] ?? ["", ""]

/** A figure at a path that has its own words. */
const figure = (words: Words, path: string, count: number, of: number | null = null): Figure => {
  const [label, formula] = counted(words, path)
  return { label, count, of, share: ratio(count, of), formula, path }
}

/** A rate keeps the report's own ratio and formula. */
const rate = (words: Words, path: string, given: Rate): Figure => ({
  label: counted(words, path)[0],
  count: given.numerator,
  of: given.denominator,
  share: given.ratio,
  formula: ReportWords.formulaText(words, given.formula),
  path
})

/** One figure per code; `group` has the words, with `*` for the code. */
const byCode = (
  words: Words,
  group: string,
  counts: Counts,
  of: number | null,
  at = group,
  before = counted(words, `${group}.*`)[0]
) => {
  const formula = counted(words, `${group}.*`)[1]
  return Object.entries(counts).map(([code, count]): Figure => {
    const name = ReportWords.codeLabel(words, code)
    return {
      label: before === "" ? name : `${before}: ${name}`,
      count,
      of,
      share: ratio(count, of),
      formula,
      path: visible(`${at}.${code}`)
    }
  })
}

const sum = (counts: Counts): number =>
  Object.values(counts).reduce((left, right) => left + right, 0)

const figures = (words: Words, id: ReportWords.TableId, rows: ReadonlyArray<Figure>): Table => ({
  id,
  title: words.tables[id],
  kind: "figures",
  rows
})

/** Key figures, the laws, and the months before. */
export const summary = (
  words: Words,
  { conservation, summary: of }: Report,
  trend: ReadonlyArray<TrendMonth>
): ReadonlyArray<Table> => [
  figures(words, "keyFigures", [
    figure(words, "summary.customersMonitored", of.customersMonitored),
    figure(words, "summary.qualified", of.qualified, of.customersMonitored),
    rate(words, "summary.qualificationRate", of.qualificationRate),
    rate(words, "summary.deliveryRate", of.deliveryRate),
    rate(words, "summary.deliveredOfQualified", of.deliveredOfQualified)
  ]),
  {
    id: "conservation",
    title: words.tables.conservation,
    kind: "checks",
    rows: conservation.map(({ holds, law, left, right }) => ({
      law: ReportWords.formulaText(words, law),
      left,
      right,
      holds
    }))
  },
  ...(trend.length === 0 ? [] : [trendTable(words, trend)])
]

const trendTable = (words: Words, trend: ReadonlyArray<TrendMonth>): Table => ({
  id: "trend",
  title: words.tables.trend,
  kind: "trend",
  rows: trend.map(({ month, summary: of, version }) => ({
    month: visible(month),
    version: statusOf(words, version),
    qualified: of.qualified,
    qualificationRate: of.qualificationRate.ratio,
    delivered: of.deliveryRate.numerator,
    deliveryRate: of.deliveryRate.ratio
  }))
})

/** How the customers were decided, and who gets no message. */
export const qualification = (
  words: Words,
  { qualification: of, summary: { customersMonitored } }: Report
): ReadonlyArray<Table> => [
  figures(words, "outcomes", [
    figure(words, "qualification.qualified", of.qualified, customersMonitored),
    figure(words, "qualification.notQualified", of.notQualified, customersMonitored),
    figure(words, "qualification.undetermined", of.undetermined, customersMonitored)
  ]),
  figures(words, "reasons", byCode(words, "qualification.reasons", of.reasons, customersMonitored)),
  figures(words, "notSent", [
    ...byCode(words, "qualification.unreachable", of.unreachable, of.qualified),
    ...byCode(words, "qualification.excluded", of.excluded, of.qualified),
    ...byCode(words, "qualification.unrenderable", of.unrenderable, of.qualified)
  ])
]

/** The summands of `qualified`, and `accepted`, which is none. */
const shownDispositions = [...Dispositions.summands, "accepted"] as const

/** Where every qualified customer is, and the attempts. */
export const delivery = (words: Words, { delivery: of }: Report): ReadonlyArray<Table> => {
  const counts = of.dispositions
  return [
    figures(
      words,
      "dispositions",
      shownDispositions.map((name) =>
        figure(words, `delivery.dispositions.${name}`, counts[name], counts.qualified)
      )
    ),
    ...(of.granted === undefined
      ? []
      : [
          figures(words, "granted", byCode(words, "delivery.granted", of.granted, sum(of.granted)))
        ]),
    figures(words, "attempts", [
      figure(words, "delivery.attempts", of.attempts),
      figure(words, "delivery.consumedAttempts", of.consumedAttempts, of.attempts),
      figure(words, "delivery.segments", of.segments)
    ]),
    figures(
      words,
      "attemptStates",
      byCode(words, "delivery.attemptsByState", of.attemptsByState, of.attempts)
    )
  ]
}

/** What failed and why, and what waits for a person. */
export const failures = (
  words: Words,
  { delivery: { attempts }, failures: of }: Report
): ReadonlyArray<Table> => [
  figures(words, "categories", byCode(words, "failures.byCategory", of.byCategory, attempts)),
  figures(
    words,
    "failureReasons",
    Object.entries(of.byReason).flatMap(([state, reasons]) => {
      const group = "failures.byReason"
      const label = ReportWords.codeLabel(words, state)
      return byCode(words, group, reasons, sum(reasons), `${group}.${state}`, label)
    })
  ),
  figures(
    words,
    "escalations",
    byCode(words, "failures.openEscalations", of.openEscalations, sum(of.openEscalations))
  )
]

/** Issues of the feed, and corrections. */
export const dataQuality = (words: Words, { dataQuality: of }: Report): ReadonlyArray<Table> => [
  figures(words, "issues", byCode(words, "dataQuality.issues", of.issues, sum(of.issues))),
  figures(words, "corrections", [
    figure(words, "dataQuality.corrections", of.corrections),
    figure(words, "dataQuality.correctionsObserved", of.correctionsObserved)
  ])
]

/** Service levels, and when the month passed its stages. */
export const performance = (words: Words, { performance: of }: Report): ReadonlyArray<Table> => {
  const moment = (
    name: "decidedAt" | "releasedAt" | "firstAcceptedAt" | "lastFinalAt"
  ): Moment => ({
    label: words.instants[name] ?? name,
    at: of[name] === null ? null : visible(of[name]),
    path: `performance.${name}`
  })
  return [
    figures(words, "capture", [
      figure(words, "performance.datesCaptured", of.datesCaptured),
      figure(words, "performance.balancesCaptured", of.balancesCaptured),
      rate(words, "performance.captureCoverage", of.captureCoverage),
      rate(words, "performance.capturesInTime", of.capturesInTime),
      ...(of.worstCaptureLagMinutes === null
        ? []
        : [figure(words, "performance.worstCaptureLagMinutes", of.worstCaptureLagMinutes)]),
      rate(words, "performance.carrierErrors", of.carrierErrors),
      figure(words, "performance.receiptsStored", of.receiptsStored),
      figure(
        words,
        "performance.receiptsWithoutMessage",
        of.receiptsWithoutMessage,
        of.receiptsStored
      )
    ]),
    {
      id: "times",
      title: words.tables.times,
      kind: "moments",
      rows: [
        moment("decidedAt"),
        moment("releasedAt"),
        moment("firstAcceptedAt"),
        moment("lastFinalAt")
      ]
    }
  ]
}

/** What to look at. */
export const advice = (words: Words, { recommendations }: Report): Table => ({
  id: "advice",
  title: words.tables.advice,
  kind: "advice",
  rows: recommendations.map(({ code, count, text }, index) => ({
    text: Object.hasOwn(words.advice, code) ? (words.advice[code] ?? "") : visible(text),
    count,
    code: visible(code),
    path: `recommendations.${index}`
  }))
})
