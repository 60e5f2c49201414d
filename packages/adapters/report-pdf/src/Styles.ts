/** How the printed report looks: one palette, two directions of reading. */
import type { Styles as PdfStyles } from "@react-pdf/renderer"

export const ink = "#12324A"
export const muted = "#5F7180"
export const accent = "#1F77A6"
export const green = "#1E7B4F"
export const orange = "#C2571A"
export const red = "#B23A2E"
export const pale = "#EEF4F8"
export const rule = "#D5E0E8"

export type Style = PdfStyles[string]

/** A direction, and what follows from it. */
export interface Direction {
  readonly isRtl: boolean
  /** Children from the side where reading begins. */
  readonly row: { readonly flexDirection: "row" | "row-reverse" }
  /** Words, from the side where reading begins. */
  readonly words: Style
  /** Numbers: units under units, whichever way the page is read. */
  readonly number: Style
  /** Words over a column of numbers. */
  readonly overNumbers: Style
  /** Words that belong to those above them. */
  readonly indented: Style
}

export const direction = (isRtl: boolean): Direction => ({
  isRtl,
  row: { flexDirection: isRtl ? "row-reverse" : "row" },
  words: { direction: isRtl ? "rtl" : "ltr", textAlign: isRtl ? "right" : "left" },
  number: { direction: "ltr", textAlign: "right" },
  overNumbers: { direction: isRtl ? "rtl" : "ltr", textAlign: "right" },
  indented: isRtl ? { paddingRight: 14 } : { paddingLeft: 14 }
})

export const page = (fontFamily: string): Style => ({
  fontFamily,
  fontSize: 8,
  lineHeight: 1.3,
  color: ink,
  paddingTop: 34,
  paddingBottom: 46,
  paddingHorizontal: 38
})
