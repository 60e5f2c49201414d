/**
 * Progress of long work, on stderr: a bar on a terminal, a line every few seconds elsewhere.
 *
 * Guarantees that short work shows nothing and that nothing is left of a bar when it ends.
 */

const firstAfterMs = 300
const barEveryMs = 100
const lineEveryMs = 5_000
const widest = 30

/** Tells how far some work is. */
export interface TerminalProgress {
  /** `done` from 0 to 1; cheap enough to call for every batch. */
  readonly at: (done: number, note: string) => void
  /** Removes the bar. */
  readonly end: () => void
}

/** Where progress is shown; `process.stderr` is one. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly write: (text: string) => unknown
}

const percent = (done: number): string => `${Math.floor(done * 100)}%`.padStart(4)

const bar = (label: string, done: number, note: string, columns: number): string => {
  const tail = `${percent(done)} ${note}`
  const width = Math.max(0, Math.min(widest, columns - label.length - tail.length - 3))
  const full = Math.round(width * done)
  return `${label} ${"█".repeat(full)}${"░".repeat(width - full)}${tail}`.slice(0, columns - 1)
}

/** Progress of one piece of work; `nowMs` is a monotonic clock. */
export const make = (
  label: string,
  stream: ProgressStream,
  nowMs: () => number = () => performance.now()
): TerminalProgress => {
  const onTerminal = stream.isTTY === true
  let nextMs = nowMs() + (onTerminal ? firstAfterMs : lineEveryMs)
  let shown = false
  return {
    at: (done, note) => {
      const now = nowMs()
      if (now < nextMs) return
      nextMs = now + (onTerminal ? barEveryMs : lineEveryMs)
      shown = true
      if (onTerminal) stream.write(`\r\u001b[2K${bar(label, done, note, stream.columns ?? 80)}`)
      else stream.write(`${label}: ${percent(done).trim()}, ${note}\n`)
    },
    end: () => {
      if (shown && onTerminal) stream.write("\r\u001b[2K")
      shown = false
    }
  }
}
