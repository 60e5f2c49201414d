/** A lived month as Markdown: its stages, and what it left in the database. */
import type { Stage } from "./Stages.ts"

/** A table after the month: how many rows are alive and dead, and how much it takes on the disk. */
export interface TableSize {
  readonly table: string
  readonly live: number
  readonly dead: number
  /** Rows that were read by reading the table from one end to the other. */
  readonly readWhole: number
  readonly vacuums: number
  readonly megabytes: number
}

export interface Lived {
  readonly customers: number
  readonly runners: number
  readonly machine: string
  readonly database: string
  /** UTC, `YYYY-MM-DD HH:MM`, and the load of the last fifteen minutes at its end. */
  readonly at: string
  readonly load: number
  readonly stages: ReadonlyArray<Stage>
  readonly tables: ReadonlyArray<TableSize>
  /** By the carrier's own log. */
  readonly accepted: number
  readonly duplicates: number
}

const count = (value: number): string => Math.round(value).toLocaleString("en")

const seconds = (ms: number | null): string => (ms === null ? "" : `${(ms / 1000).toFixed(1)} s`)

const perItem = ({ databaseMs, items, runnerMs }: Stage): string =>
  databaseMs === null || items === 0
    ? ""
    : `${((1000 * (runnerMs + databaseMs)) / items).toFixed(1)} µs`

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const lines = (
  head: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>
): ReadonlyArray<string> => [row(head), row(head.map(() => "---")), ...rows.map(row)]

/** The month under a heading of its own. */
export const section = (lived: Lived): string => {
  const { accepted, at, customers, duplicates, load, runners, stages, tables } = lived
  const wall = stages.reduce((sum, { wallMs }) => sum + wallMs, 0)
  const who = runners === 1 ? "one runner" : `${runners} runners`
  const stageRows = stages.map((stage) => [
    stage.stage,
    count(stage.items),
    seconds(stage.wallMs),
    `${count((1000 * stage.items) / stage.wallMs)}/s`,
    seconds(stage.runnerMs),
    seconds(stage.databaseMs),
    perItem(stage),
    `${stage.peakMb} MB`,
    seconds(stage.longestMs)
  ])
  const tableRows = tables.map(({ dead, live, megabytes, readWhole, table, vacuums }) => [
    table,
    count(live),
    count(dead),
    count(vacuums),
    count(readWhole),
    `${count(megabytes)} MB`
  ])
  return [
    `### ${count(customers)} customers, ${who}`,
    "",
    `- machine: ${lived.machine}`,
    `- database: ${lived.database}`,
    `- when: ${at} UTC, load ${load.toFixed(1)}`,
    `- ${(wall / 60_000).toFixed(1)} minutes in all; by the carrier's own log ` +
      `${count(accepted)} acceptances, ${duplicates} duplicates`,
    "",
    ...lines(
      [
        "stage",
        "items",
        "time",
        "rate",
        "runners",
        "database",
        "an item",
        "peak memory",
        "longest transaction"
      ],
      stageRows
    ),
    "",
    ...lines(["table", "rows", "dead rows", "vacuums", "rows read whole", "on disk"], tableRows),
    ""
  ].join("\n")
}
