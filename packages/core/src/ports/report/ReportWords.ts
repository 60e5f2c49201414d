/**
 * The words of a rendered report, in one shape for every language.
 *
 * **Source** — product rules, Report and Words; original architecture §3.5 (report contents).
 */
import { english } from "./ReportEnglish.ts"
import { hebrew } from "./ReportHebrew.ts"
import { visible } from "./VisibleText.ts"

/** The languages a report is rendered in. */
export type ReportLanguage = "he" | "en"

/** The original's six sections, with data quality and corrections as a seventh. */
export type SectionId =
  | "summary"
  | "qualification"
  | "delivery"
  | "failures"
  | "dataQuality"
  | "performance"
  | "recommendations"

/** A label and how the figure under it is counted. */
export type Counted = readonly [label: string, formula: string]

/** Everything a renderer writes that is not from the report. */
export interface ReportWords {
  readonly direction: "ltr" | "rtl"
  readonly title: string
  readonly sections: Readonly<Record<SectionId, string>>
  readonly tables: Readonly<Record<TableId, string>>
  readonly columns: Readonly<Record<ColumnId, string>>
  readonly header: Readonly<
    Record<"program" | "month" | "status" | "issuedAt" | "policyHash" | "page", string>
  >
  readonly versions: Readonly<Record<"provisional" | "final" | "restated", string>>
  /** Figures by their path in the report; `*` stands for a code. */
  readonly figures: Readonly<Record<string, Counted>>
  readonly instants: Readonly<Record<string, string>>
  /** Terms of formulas and laws. */
  readonly terms: Readonly<Record<string, string>>
  readonly codes: Readonly<Record<string, string>>
  /** Sentences of known recommendations; the report's own text stands for any other. */
  readonly advice: Readonly<Record<string, string>>
  readonly holds: string
  readonly broken: string
  readonly none: string
  readonly notYet: string
  readonly annex: string
}

export type TableId =
  | "keyFigures"
  | "trend"
  | "conservation"
  | "outcomes"
  | "reasons"
  | "notSent"
  | "dispositions"
  | "attempts"
  | "attemptStates"
  | "categories"
  | "failureReasons"
  | "escalations"
  | "issues"
  | "corrections"
  | "capture"
  | "times"
  | "advice"

export type ColumnId =
  | "figure"
  | "count"
  | "of"
  | "share"
  | "formula"
  | "field"
  | "law"
  | "left"
  | "right"
  | "result"
  | "month"
  | "qualified"
  | "qualificationRate"
  | "delivered"
  | "deliveryRate"
  | "version"
  | "time"
  | "code"
  | "advice"
  | "customerId"
  | "outcome"
  | "firstReason"
  | "dates"
  | "disposition"

/** The words of a language. */
export const words = (language: ReportLanguage): ReportWords =>
  language === "he" ? hebrew : english

/** A code nobody has words for, made readable: `NO_PHONE` as "No phone". */
const humanised = (code: string): string => {
  const spaced = code
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[_:]+/g, " ")
    .trim()
  return /^[A-Za-z0-9 ]+$/.test(spaced)
    ? spaced.charAt(0).toUpperCase() + spaced.slice(1).toLowerCase()
    : visible(code)
}

const own = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

/**
 * The label of a code from the data, such as a reason: the language's own words, else the code made
 * readable. A reason kept behind the word it was withdrawn as (`unreachable:NO_PHONE`) shows both.
 */
export const codeLabel = (of: ReportWords, code: string): string => {
  const known = own(of.codes, code)
  if (known !== undefined) return known
  const [, word = "", reason = ""] = /^([a-z]+):([A-Z_]+)$/.exec(code) ?? []
  const term = own(of.terms, word)
  if (term === undefined) return humanised(code)
  return `${term}: ${own(of.codes, reason) ?? humanised(reason)}`
}

/** A formula or law with its terms in the language; words it does not know stay. */
export const formulaText = (of: ReportWords, formula: string): string =>
  visible(formula).replace(
    /dates captured|dates expected|[A-Za-z]+/g,
    (term) => own(of.terms, term) ?? term
  )
