/**
 * Where a capture run stands, as the text its run keeps: the bank's cursor, and the totals of the
 * pages before it, so that a worker who takes over can still compare the bank's control totals.
 */

export interface CaptureProgress {
  readonly bankCursor: string | null
  readonly rows: number
  readonly sumMinor: bigint
}

const start: CaptureProgress = { bankCursor: null, rows: 0, sumMinor: 0n }

/** `rows:sum:cursor`; the bank's cursor is opaque and comes last. */
export const encode = (progress: CaptureProgress): string =>
  `${progress.rows}:${progress.sumMinor}:${progress.bankCursor ?? ""}`

/** The progress written by `encode`; anything else starts the date from its first page. */
export const decode = (text: string | null): CaptureProgress => {
  const parts = /^(\d+):(-?\d+):(.+)$/s.exec(text ?? "")
  const [, rows, sum, cursor] = parts ?? []
  if (rows === undefined || sum === undefined || cursor === undefined) return start
  return { bankCursor: cursor, rows: Number(rows), sumMinor: BigInt(sum) }
}
