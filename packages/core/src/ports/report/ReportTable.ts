/** The shapes of a report's tables, as renderers draw them. */
import type * as ReportWords from "./ReportWords.ts"

/** A count, what it is a part of, and how it is counted. `share` is `null` where there is none. */
export interface Figure {
  readonly label: string
  readonly count: number
  readonly of: number | null
  readonly share: number | null
  readonly formula: string
  /** Where it stands in the JSON. */
  readonly path: string
}

export interface Check {
  readonly law: string
  readonly left: number
  readonly right: number
  readonly holds: boolean
}

export interface Moment {
  readonly label: string
  /** ISO 8601 in UTC; `null`: it has not happened. */
  readonly at: string | null
  readonly path: string
}

export interface Advice {
  readonly text: string
  readonly count: number
  readonly code: string
  readonly path: string
}

export interface TrendRow {
  readonly month: string
  readonly version: string
  readonly qualified: number
  readonly qualificationRate: number | null
  readonly delivered: number
  readonly deliveryRate: number | null
}

export type Table = { readonly id: ReportWords.TableId; readonly title: string } & (
  | { readonly kind: "figures"; readonly rows: ReadonlyArray<Figure> }
  | { readonly kind: "checks"; readonly rows: ReadonlyArray<Check> }
  | { readonly kind: "moments"; readonly rows: ReadonlyArray<Moment> }
  | { readonly kind: "advice"; readonly rows: ReadonlyArray<Advice> }
  | { readonly kind: "trend"; readonly rows: ReadonlyArray<TrendRow> }
)
