/** A row as it was measured in a database. */
import type { Database } from "../Database.ts"
import type { Figure, Spent } from "../Figure.ts"

export const figureOf = (
  { meter }: Database,
  row: string,
  of: string,
  size: number,
  ours: Spent,
  rest: Partial<Pick<Figure, "goal" | "peer">> = {}
): Figure => ({
  row,
  of,
  size,
  ours,
  peer: null,
  value: null,
  goal: null,
  peakMb: meter.peakMb(),
  ...rest
})
