/**
 * Writing to stdout and stderr: whole lines, few system calls, quiet when the reader has gone.
 *
 * Guarantees that stdout carries only what a command prints through here.
 */
import type { Writable } from "node:stream"

const flushAt = 64 * 1024

/** Collects lines and writes them in large pieces; `drain` waits for a slow reader. */
export interface TerminalOutput {
  readonly line: (text: string) => void
  readonly json: (value: unknown) => void
  /** Writes what is collected; resolves when the stream can take more. */
  readonly drain: () => Promise<void>
}

/** Lines for one stream. */
export const make = (stream: Writable): TerminalOutput => {
  let pending = ""
  let blocked = false
  const write = () => {
    if (pending === "") return
    const text = pending
    pending = ""
    if (!stream.write(text)) blocked = true
  }
  const line = (text: string) => {
    pending += text + "\n"
    if (pending.length >= flushAt) write()
  }
  return {
    line,
    json: (value) => line(JSON.stringify(value)),
    drain: async () => {
      write()
      if (!blocked) return
      blocked = false
      await new Promise<void>((resolve) => {
        const done = () => {
          stream.off("drain", done)
          stream.off("close", done)
          resolve()
        }
        if (stream.writableNeedDrain && !stream.destroyed)
          stream.on("drain", done).on("close", done)
        else resolve()
      })
    }
  }
}

/**
 * Ends the process quietly when the reader of stdout has gone (`tidemark … | head`), and never
 * minds a closed stderr.
 */
export const quietOnClosedPipe = (): void => {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 1)
  })
  process.stderr.on("error", () => undefined)
}

/** Text in columns: the first is left-aligned, numbers right-aligned. */
export const table = (
  header: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string | number>>
): ReadonlyArray<string> => {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column] ?? "").length))
  )
  const cells = (row: ReadonlyArray<string | number>) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return typeof cell === "number" ? String(cell).padStart(width) : cell.padEnd(width)
      })
      .join("  ")
      .trimEnd()
  const titles = header.map((title, column) =>
    typeof rows[0]?.[column] === "number" ? title.padStart(widths[column] ?? 0) : title
  )
  return [cells(titles), ...rows.map(cells)]
}
