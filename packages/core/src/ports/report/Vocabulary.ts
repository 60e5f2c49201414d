/**
 * What a language must have words for, so that a report can be rendered in it.
 *
 * **Source** — product rules, Report and Words; original architecture §3.5 (report contents).
 */

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
  /** Between the first and the last date of a range. */
  readonly until: string
}

/** The tables of a report. */
export type TableId =
  | "keyFigures"
  | "trend"
  | "conservation"
  | "outcomes"
  | "reasons"
  | "notSent"
  | "dispositions"
  | "granted"
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

/** The columns its tables are made of. */
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
  | "daysMet"
  | "disposition"
  | "dispositionReason"
