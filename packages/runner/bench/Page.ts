/** The figures as Markdown: a table and a chart of what one item costs at each size. */
import * as Figure from "./Figure.ts"

/** A figure with the circumstances it was measured in. */
export interface Measured extends Figure.Figure {
  /** UTC, `YYYY-MM-DD HH:MM`. */
  readonly at: string
  /** Processes that wanted a processor meanwhile, on average. */
  readonly load: number
}

export interface Results {
  readonly machine: string
  readonly database: string
  readonly figures: ReadonlyArray<Measured>
}

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en") : String(Math.round(value * 10) / 10)

const times = (value: number | null): string =>
  value === null ? "" : `${value >= 100 ? number(value) : value.toFixed(2)}×`

const goalOf = ({ goal }: Figure.Figure): string => {
  switch (goal?._tag) {
    case undefined:
      return ""
    case "time":
      return `≤ ${goal.times}× the time`
    case "rate":
      return `≥ ${number(goal.times)}× the rate`
    case "perSecond":
      return `≥ ${number(goal.rate)}/s`
    case "most":
      return `≤ ${goal.value} ${goal.unit}`
  }
}

const key = ({ peer, row, size }: Figure.Figure): string => `${row}/${size}/${peer?.name ?? ""}`

/** Newer figures in the place of older ones of the same row and size. */
export const merged = (
  before: ReadonlyArray<Measured>,
  after: ReadonlyArray<Measured>
): ReadonlyArray<Measured> => {
  const byKey = new Map(before.map((figure) => [key(figure), figure]))
  for (const figure of after) byKey.set(key(figure), figure)
  return [...byKey.values()]
}

/** What an item costs, in processor time where it is known. */
const cost = ({ ours }: Figure.Figure): number | null =>
  Figure.microseconds(ours, "cpuMs") ?? Figure.microseconds(ours, "wallMs")

/** Cost of an item over that of the row's smallest size. */
const growth = (figure: Measured, all: ReadonlyArray<Measured>): number | null => {
  const smallest = all
    .filter(({ row }) => row === figure.row)
    .reduce((least, other) => (other.size < least.size ? other : least), figure)
  const [here, there] = [cost(figure), cost(smallest)]
  if (smallest.size === figure.size || here === null || there === null) return null
  return here / there
}

const rate = (spent: Figure.Spent | undefined): string =>
  spent === undefined || spent.items === 0 ? "" : `${number(Figure.perSecond(spent))}/s`

const line = (figure: Measured, all: ReadonlyArray<Measured>): ReadonlyArray<string> => {
  const { goal, ours, peakMb, peer, row, size, value } = figure
  const unit = goal?._tag === "most" ? goal.unit : "ms"
  const cpu = Figure.microseconds(ours, "cpuMs")
  const reached = Figure.isReached(figure)
  return [
    row,
    size > 1 ? number(size) : "",
    value === null ? rate(ours) : `${number(value)} ${unit}`,
    cpu === null ? "" : `${number(cpu)} µs`,
    peer === null ? "" : `${peer.name}, ${rate(peer.spent)}`,
    times(Figure.ratio(figure, "wallMs")),
    times(Figure.ratio(figure, "cpuMs")),
    goalOf(figure),
    reached === null ? "" : reached ? "yes" : "no",
    times(growth(figure, all)),
    peakMb === null ? "" : `${peakMb} MB`,
    `${figure.at}, ${figure.load.toFixed(0)}`
  ]
}

const header = [
  "work",
  "size",
  "ours",
  "processor, an item",
  "against",
  "ratio",
  "by processor",
  "goal",
  "reached",
  "growth",
  "peak memory",
  "when (UTC), load"
]

/** The table, columns of one width, as the formatter leaves them. */
export const table = (figures: ReadonlyArray<Measured>): string => {
  const rows = [header, ...figures.map((figure) => line(figure, figures))]
  const widths = header.map((_, column) =>
    Math.max(3, ...rows.map((cells) => cells[column]?.length ?? 0))
  )
  const drawn = (cells: ReadonlyArray<string>) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`
  const ruler = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`
  const [first = [], ...rest] = rows
  return [drawn(first), ruler, ...rest.map(drawn)].join("\n")
}

const widest = 50

/** One bar for each row and size: processor time of an item, longer is dearer. */
export const chart = (figures: ReadonlyArray<Measured>): string => {
  const bars = figures.flatMap((figure) => {
    const micros = cost(figure)
    return micros === null || figure.size <= 1 ? [] : [{ figure, micros }]
  })
  const most = Math.max(1, ...bars.map(({ micros }) => micros))
  const name = Math.max(0, ...bars.map(({ figure }) => figure.row.length))
  return bars
    .map(({ figure, micros }) => {
      const bar = "#".repeat(Math.max(1, Math.round((widest * micros) / most)))
      const size = number(figure.size).padStart(9)
      return `${figure.row.padEnd(name)} ${size}  ${bar} ${number(micros)} µs`
    })
    .join("\n")
}

const begin = "<!-- begin: npm run bench -- --write -->"
const end = "<!-- end -->"

/** The page with its generated part replaced; the words around it stay. */
export const written = (page: string, { database, figures, machine }: Results): string => {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`the page has no part from ${begin} to ${end}`)
  const part = [
    begin,
    "",
    `- machine: ${machine}`,
    `- database: ${database}`,
    "",
    table(figures),
    "",
    "Processor time of one item, this process and the database together:",
    "",
    "```text",
    chart(figures),
    "```",
    "",
    ""
  ].join("\n")
  return page.slice(0, from) + part + page.slice(to)
}
