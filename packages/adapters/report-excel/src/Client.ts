/**
 * Speaks xlsx through exceljs; knows sheets, rows and cells, and nothing of reports.
 *
 * Three things exceljs 4.4.0 does not do are done here, at one seam, the archive's `append`:
 * entries carry the report's date instead of the clock's, so that the same rows are the same
 * bytes; writing waits for a slow reader, so that a million rows need no memory; and its own
 * stream, which breaks with newer archivers, is piped into one of Node's.
 *
 * **Guarantee** — cells are typed: text is a shared or an inline string, and no cell holds a
 * formula or a link, because none is ever made.
 *
 * **Source** — ECMA-376 part 1; docs/decisions/0004-exceljs-behind-its-adapter.md.
 */
import Excel from "exceljs"
import * as DateTime from "effect/DateTime"
import { once } from "node:events"
import { PassThrough, type Writable } from "node:stream"
import { cellText } from "./CellText.ts"

/** How a cell looks; one object per look, because exceljs knows styles again by identity. */
export type Style = Partial<Excel.Style>

export type Cell =
  | null
  | { readonly text: string; readonly style: Style }
  | { readonly number: number; readonly style: Style }
  /** Epoch milliseconds. */
  | { readonly instantMs: number; readonly style: Style }

export interface SheetSpec {
  readonly name: string
  readonly rightToLeft: boolean
  /** Rows that stay in sight. */
  readonly frozenRows: number
  readonly widths: ReadonlyArray<number>
  /** Printed at the foot of each page. */
  readonly footer: string
  /**
   * Text stands in its cell instead of in the workbook's table of shared strings, which is kept in
   * memory to the end: for a sheet of many rows.
   */
  readonly inlineText: boolean
  /** How the cells of a plain row look; as a spreadsheet likes where it is left out. */
  readonly plain?: Style
}

/** What is known of a sheet when its last row is. Ranges are such as `A4:F20`. */
export interface SheetEnd {
  /** The range with filter buttons. */
  readonly autoFilter?: string
  /** A range whose fractions get bars. */
  readonly bars?: string
}

export interface Sheet {
  readonly row: (cells: ReadonlyArray<Cell>, heightPoints?: number) => void
  /** A row of text alone, in no style, after every other row: for a million of them. */
  readonly plainRow: (texts: ReadonlyArray<string>) => void
  /** Waits until the reader has taken what is written. */
  readonly drained: () => Promise<void>
  readonly end: (ranges: SheetEnd) => void
}

export interface Workbook {
  readonly sheet: (spec: SheetSpec) => Sheet
  /** Writes the rest; the output ends. */
  readonly end: () => Promise<void>
}

/** What exceljs has and its types do not. */
interface Archive {
  append: (source: unknown, data: { readonly name: string; readonly date?: Date }) => unknown
  on: (event: "error", listener: (error: Error) => void) => unknown
  abort: () => unknown
}

/** Styles by their number in the workbook, which a cell names. */
interface StyleTable {
  addStyleModel: (style: Style) => number
}

/** What exceljs gives the archive for a sheet: its own stream, which takes more XML as text. */
interface Source {
  readonly pipe: (to: Writable) => void
  readonly write: (xml: string) => void
}

const isStream = (source: unknown): source is Source =>
  typeof source === "object" && source !== null && "pipe" in source && "write" in source

/** A sheet on its way: what is written to, and what waits for the reader. */
interface Entry {
  readonly source: Source
  readonly waiting: PassThrough
}

/** Bytes that may wait for the reader before a sheet's writer does. */
const waitingBytes = 1 << 17

class Writer extends Excel.stream.xlsx.WorkbookWriter {
  declare readonly zip: Archive
  declare readonly styles: StyleTable
  /** The entry of the sheet opened last. */
  declare entry: Entry

  /** The first thing the constructor adds, and so the place to take hold of the archive. */
  override addThemes(): Promise<void> {
    const append = this.zip.append.bind(this.zip)
    const date = this.created
    this.zip.append = (source, { name }) => {
      if (!isStream(source)) return append(source, { name, date })
      const waiting = new PassThrough({ highWaterMark: waitingBytes })
      this.entry = { source, waiting }
      source.pipe(waiting)
      return append(waiting, { name, date })
    }
    return super.addThemes()
  }
}

const dateOf = (instantMs: number): Date => DateTime.toDateUtc(DateTime.makeUnsafe(instantMs))

export interface WorkbookSpec {
  readonly title: string
  readonly creator: string
  readonly createdMs: number
}

/** A new workbook that goes to the output while it is written. */
export const open = (output: Writable, { createdMs, creator, title }: WorkbookSpec): Workbook => {
  const created = dateOf(createdMs)
  const writer = new Writer({
    stream: output,
    useStyles: true,
    useSharedStrings: true,
    created,
    modified: created,
    creator,
    lastModifiedBy: creator,
    zip: { zlib: { level: 6 } }
  } as Partial<Excel.stream.xlsx.WorkbookStreamWriterOptions>)
  writer.title = cellText(title)
  writer.zip.on("error", (error) => output.destroy(error))
  return {
    sheet: (spec) => openSheet(writer, spec),
    end: () => writer.commit()
  }
}

/**
 * exceljs writes plain text beside the shared table as the result of a formula (`t="str"`), and
 * rich text as an inline string; into the shared table it must not go, where all rich texts are
 * one.
 */
const textValue = (text: string, inline: boolean): string | Excel.CellRichTextValue =>
  inline ? { richText: [{ text: cellText(text) }] } : cellText(text)

const valueOf = (cell: NonNullable<Cell>, inline: boolean): Excel.CellValue => {
  if ("text" in cell) return textValue(cell.text, inline)
  if ("instantMs" in cell) return dateOf(cell.instantMs)
  if (Number.isFinite(cell.number)) return cell.number
  throw new RangeError("a cell cannot hold a number that is none")
}

/** Characters collected before they are written. */
const writeAt = 1 << 13

const special = /[&<>]/g
const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" }

/**
 * A row of inline strings. exceljs makes an object of every cell, which costs a million customers
 * three times the time and twice the memory; what is written here is the same XML.
 */
const rowXml = (number: number, texts: ReadonlyArray<string>, style: number): string => {
  let xml = `<row r="${number}">`
  for (let column = 0; column < texts.length; column++) {
    const text = texts[column] ?? ""
    if (text === "") continue
    const shown = cellText(text).replace(special, (character) => escapes[character] ?? "")
    const address = `${String.fromCharCode(65 + column)}${number}`
    xml +=
      `<c r="${address}" s="${style}" t="inlineStr">` +
      `<is><t xml:space="preserve">${shown}</t></is></c>`
  }
  return `${xml}</row>`
}

/** What the page is of stands where reading begins, its number at the other side. */
const footerOf = ({ footer, rightToLeft }: SheetSpec): string => {
  const [first, last] = rightToLeft ? ["&R", "&L"] : ["&L", "&R"]
  return `${first}${footer.replaceAll("&", "&&")}${last}&P / &N`
}

const openSheet = (writer: Writer, spec: SheetSpec): Sheet => {
  const view = { rightToLeft: spec.rightToLeft, showGridLines: false }
  const options: Partial<Excel.AddWorksheetOptions> & { readonly useSharedStrings: boolean } = {
    useSharedStrings: !spec.inlineText,
    views: [{ ...view, state: "frozen", xSplit: 0, ySplit: spec.frozenRows }],
    pageSetup: {
      paperSize: 9,
      orientation: "landscape",
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      margins: { left: 0.4, right: 0.4, top: 0.5, bottom: 0.6, header: 0.3, footer: 0.3 },
      printTitlesRow: `${spec.frozenRows}:${spec.frozenRows}`
    },
    // `&` begins a code in a footer; the words of a report have none, data might.
    headerFooter: { oddFooter: footerOf(spec) }
  }
  const sheet = writer.addWorksheet(spec.name, options)
  // Adding the sheet has opened its entry.
  const { source, waiting } = writer.entry
  sheet.columns = spec.widths.map((width) => ({ width }))
  const plain = spec.plain === undefined ? 0 : writer.styles.addStyleModel(spec.plain)
  let at = 1
  let rows = ""
  const write = (): void => {
    if (rows !== "") source.write(rows)
    rows = ""
  }
  return {
    row: (cells, heightPoints) => {
      const row = sheet.addRow([])
      for (const [index, cell] of cells.entries()) {
        if (cell === null) continue
        const written = row.getCell(index + 1)
        written.value = valueOf(cell, spec.inlineText)
        written.style = cell.style
      }
      if (heightPoints !== undefined) row.height = heightPoints
      row.commit()
      at++
    },
    plainRow: (texts) => {
      rows += rowXml(at++, texts, plain)
      if (rows.length >= writeAt) write()
    },
    drained: async () => {
      write()
      if (waiting.writableNeedDrain) await once(waiting, "drain")
    },
    end: ({ autoFilter, bars }) => {
      write()
      if (autoFilter !== undefined) sheet.autoFilter = autoFilter
      if (bars !== undefined) sheet.addConditionalFormatting({ ref: bars, rules: [barRule] })
      sheet.commit()
    }
  }
}

/** A bar as long as the fraction: from nothing to all. */
const barRule: Excel.DataBarRuleType & { readonly color: { readonly argb: string } } = {
  type: "dataBar",
  priority: 1,
  gradient: false,
  cfvo: [
    { type: "num", value: 0 },
    { type: "num", value: 1 }
  ],
  color: { argb: "FF9CC7E0" }
}
