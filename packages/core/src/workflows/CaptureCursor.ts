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

/** `rows:sum:>cursor`; the bank's cursor is opaque, may be empty, and comes last. */
export const encode = ({ bankCursor, rows, sumMinor }: CaptureProgress): string =>
  `${rows}:${sumMinor}:${bankCursor === null ? "" : `>${bankCursor}`}`

/** The progress written by `encode`; anything else starts the date from its first page. */
export const decode = (text: string | null): CaptureProgress => {
  const [, rows, sum, at = ""] = /^(\d+):(-?\d+):(>.*|)$/s.exec(text ?? "") ?? []
  if (rows === undefined || sum === undefined) return start
  const bankCursor = at === "" ? null : at.slice(1)
  return { bankCursor, rows: Number(rows), sumMinor: BigInt(sum) }
}
