/** How the workbook looks: few styles, each one object, in one palette. */
import type { Style } from "./Client.ts"

const ink = { argb: "FF12324A" }
const muted = { argb: "FF6B7A86" }
const white = { argb: "FFFFFFFF" }

const fill = (argb: string): Style => ({
  fill: { type: "pattern", pattern: "solid", fgColor: { argb } }
})

const line = { style: "thin", color: { argb: "FFDCE4EA" } } as const

const font = { name: "Arial", size: 10, color: ink }
const readingOrder = (rightToLeft: boolean) => (rightToLeft ? "rtl" : "ltr")

/** Every look of a report's sheets, for one direction of reading. */
export interface Styles {
  readonly title: Style
  readonly fact: Style
  readonly final: Style
  readonly provisional: Style
  readonly heading: Style
  readonly headingOverNumbers: Style
  readonly band: Style
  readonly bandOverNumbers: Style
  readonly group: Style
  readonly label: Style
  readonly words: Style
  readonly count: Style
  readonly share: Style
  /** A share in a column of words. */
  readonly startShare: Style
  readonly instant: Style
  readonly path: Style
  /** A cell of the annex, of which there may be millions. */
  readonly plain: Style
  readonly good: Style
  readonly bad: Style
}

/** The styles of a workbook. */
export const make = (rightToLeft: boolean): Styles => {
  const horizontal = rightToLeft ? "right" : "left"
  const order = readingOrder(rightToLeft)
  const text = { vertical: "top", horizontal, readingOrder: order } as const
  const wrapped = { ...text, wrapText: true, indent: 1 }
  const row = { font, border: { bottom: line } }
  // Numbers stand under numbers, whichever way the sheet is read.
  const number = { vertical: "top", horizontal: "right", indent: 1 } as const
  const badge = { ...text, vertical: "middle", horizontal: "center" } as const
  const heading = { ...fill("FF12324A"), font: { ...font, bold: true, color: white } }
  const band = { ...fill("FFE7EFF5"), font: { ...font, bold: true } }
  const overWords = { ...wrapped, vertical: "middle" } as const
  const overNumbers = { ...number, vertical: "middle", wrapText: true } as const
  const state = { ...row, alignment: { ...text, horizontal: "center" } as const }
  return {
    title: { font: { ...font, size: 18, bold: true }, alignment: { ...text, vertical: "middle" } },
    fact: {
      font: { ...font, color: muted },
      alignment: { ...text, vertical: "middle", indent: 1 }
    },
    final: {
      ...fill("FF1E7B4F"),
      font: { ...font, bold: true, color: white },
      alignment: badge
    },
    provisional: {
      ...fill("FFC2571A"),
      font: { ...font, bold: true, color: white },
      alignment: badge
    },
    heading: { ...heading, alignment: overWords },
    headingOverNumbers: { ...heading, alignment: overNumbers },
    band: { ...band, alignment: overWords },
    bandOverNumbers: { ...band, alignment: overNumbers },
    group: { ...row, font: { ...font, color: muted }, alignment: wrapped },
    label: { ...row, font: { ...font, bold: true }, alignment: wrapped },
    words: { ...row, alignment: wrapped },
    count: { ...row, numFmt: "#,##0", alignment: number },
    share: { ...row, numFmt: "0.0%", alignment: number },
    startShare: { ...row, numFmt: "0.0%", alignment: { ...text, indent: 1 } },
    instant: { ...row, numFmt: "yyyy-mm-dd hh:mm:ss", alignment: { ...text, indent: 1 } },
    path: {
      ...row,
      font: { name: "Consolas", size: 9, color: muted },
      alignment: {
        vertical: "top",
        horizontal: "left",
        readingOrder: "ltr",
        wrapText: true,
        indent: 1
      }
    },
    plain: { font, alignment: { ...text, indent: 1 } },
    good: { ...state, ...fill("FFDDF1E6"), font: { ...font, bold: true } },
    bad: { ...state, ...fill("FFF8D9D4"), font: { ...font, bold: true } }
  }
}
