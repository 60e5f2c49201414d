/** The two charts: where every qualified customer is, and the rates of the months before. */
import { Circle, Line, Polyline, Rect, Svg, Text, View } from "@react-pdf/renderer"
import type { ReportContents } from "@tidemark/core/effect"
import type { ReactElement } from "react"
import { element as h } from "./Client.ts"
import { printable } from "./PrintableText.ts"
import * as Styles from "./Styles.ts"
import { count, share } from "./Tables.ts"

/** One bar of the funnel. */
export interface Bar {
  readonly label: string
  readonly count: number
  readonly share: number | null
  readonly color: string
  /** A part of the bar above it that is none. */
  readonly isPart: boolean
}

const barWidth = 290
const barHeight = 9
/** What a page is wide inside its margins. */
const width = 519

/** Bars from the side where reading begins, the longest as wide as the chart. */
export const funnel = (bars: ReadonlyArray<Bar>, direction: Styles.Direction): ReactElement => {
  const most = Math.max(1, ...bars.map((bar) => bar.count))
  // Where the chart stands at the right of the numbers, they would touch it.
  const apart = direction.isRtl ? { paddingRight: 10 } : {}
  return h(
    View,
    { style: { marginBottom: 8 } },
    ...bars.map((bar) => {
      const width = bar.count === 0 ? 0 : Math.max((barWidth * bar.count) / most, 1.5)
      return h(
        View,
        { style: { ...direction.row, alignItems: "center", marginBottom: 2.6 } },
        h(
          Text,
          {
            style: {
              width: 119,
              ...direction.words,
              ...(bar.isPart ? direction.indented : { fontWeight: 700, paddingHorizontal: 4 })
            }
          },
          printable(bar.label)
        ),
        h(
          Svg,
          { width: barWidth, height: barHeight, viewBox: `0 0 ${barWidth} ${barHeight}` },
          h(Rect, { x: 0, y: 0, width: barWidth, height: barHeight, rx: 2, fill: Styles.pale }),
          h(Rect, {
            x: direction.isRtl ? barWidth - width : 0,
            y: 0,
            width,
            height: barHeight,
            rx: 2,
            fill: bar.color
          })
        ),
        h(
          Text,
          { style: { width: 55, fontWeight: 700, ...direction.number, ...apart } },
          count(bar.count)
        ),
        h(
          Text,
          { style: { width: 55, color: Styles.muted, ...direction.number } },
          share(bar.share)
        )
      )
    })
  )
}

const height = 92
const inset = 40
const labelWidth = 60
const foot = 6

/** A line of rates over the months; a month without a rate breaks nothing, it has no point. */
const rates = (
  values: ReadonlyArray<number | null>,
  color: string,
  xOf: (index: number) => number
): ReadonlyArray<ReactElement> => {
  const points = values.flatMap((value, index) =>
    value === null
      ? []
      : [{ x: xOf(index), y: height - foot - (height - 2 * foot) * Math.min(value, 1) }]
  )
  return [
    h(Polyline, {
      points: points.map(({ x, y }) => `${x},${y}`).join(" "),
      stroke: color,
      strokeWidth: 1.6,
      fill: "none"
    }),
    ...points.map(({ x, y }) => h(Circle, { cx: x, cy: y, r: 2.4, fill: color }))
  ]
}

const legend = (label: string, color: string, direction: Styles.Direction): ReactElement =>
  h(
    View,
    { style: { ...direction.row, alignItems: "center", marginHorizontal: 6 } },
    h(Svg, { width: 8, height: 8 }, h(Circle, { cx: 4, cy: 4, r: 3, fill: color })),
    h(Text, { style: { marginHorizontal: 3, color: Styles.muted, fontSize: 7.5 } }, label)
  )

/** Qualification and delivery rate, the oldest month where reading begins. */
export const trend = (
  rows: ReadonlyArray<ReportContents.TrendRow>,
  contents: ReportContents.ReportContents,
  direction: Styles.Direction
): ReactElement => {
  const step = (width - 2 * inset) / Math.max(1, rows.length - 1)
  const xOf = (index: number): number =>
    direction.isRtl ? width - inset - index * step : inset + index * step
  const { columns } = contents.words
  return h(
    View,
    { wrap: false, style: { marginBottom: 8 } },
    h(
      View,
      { style: { ...direction.row, marginBottom: 3 } },
      legend(columns.qualificationRate, Styles.accent, direction),
      legend(columns.deliveryRate, Styles.green, direction)
    ),
    h(
      Svg,
      { width, height, viewBox: `0 0 ${width} ${height}` },
      ...[0, 0.5, 1].map((at) => {
        const y = height - foot - (height - 2 * foot) * at
        return h(Line, { x1: 0, x2: width, y1: y, y2: y, stroke: Styles.rule, strokeWidth: 0.5 })
      }),
      ...rates(
        rows.map((row) => row.qualificationRate),
        Styles.accent,
        xOf
      ),
      ...rates(
        rows.map((row) => row.deliveryRate),
        Styles.green,
        xOf
      )
    ),
    h(
      View,
      { style: { height: 26 } },
      ...rows.flatMap((row, index) => [
        label(row.month, xOf(index), 0, Styles.muted),
        label(share(row.qualificationRate), xOf(index) - 15, 10, Styles.accent),
        label(share(row.deliveryRate), xOf(index) + 15, 10, Styles.green)
      ])
    )
  )
}

/** A short text centred under a point. */
const label = (text: string, x: number, top: number, color: string): ReactElement =>
  h(
    Text,
    {
      style: {
        position: "absolute",
        left: x - labelWidth / 2,
        top,
        width: labelWidth,
        textAlign: "center",
        fontSize: 7,
        color
      }
    },
    printable(text)
  )
