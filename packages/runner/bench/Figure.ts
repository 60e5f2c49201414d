/**
 * What a row of the benchmark says: how much was done, in what time, by how much of the processor,
 * beside a peer or a floor on the same data in the same run.
 *
 * Two times stand side by side because a busy machine stretches only one of them: `wallMs` is what
 * somebody waits, `cpuMs` what the processors worked for it, in this process and in the database.
 */

/** Work of one kind. */
export interface Spent {
  readonly items: number
  readonly wallMs: number
  /** `null` where the database runs on another machine. */
  readonly cpuMs: number | null
}

/**
 * How a row is judged, by wall time.
 * - `time`: ours takes at most so many times the peer's time
 * - `rate`: ours does at least so many times as many as the peer in the same time
 * - `perSecond`: at least so many items
 * - `most`: a figure of its own (`value`), at most so much
 */
type Goal =
  | { readonly _tag: "time"; readonly times: number }
  | { readonly _tag: "rate"; readonly times: number }
  | { readonly _tag: "perSecond"; readonly rate: number }
  | { readonly _tag: "most"; readonly value: number; readonly unit: "ms" | "KB" }

/** One row at one size. */
export interface Figure {
  readonly row: string
  /** What one item is, such as `balances`. */
  readonly of: string
  readonly size: number
  readonly ours: Spent
  readonly peer: { readonly name: string; readonly spent: Spent } | null
  /** A figure that is no rate, in the unit of its goal. */
  readonly value: number | null
  /** Highest resident memory of this process while ours worked; `null` where it was another's. */
  readonly peakMb: number | null
  readonly goal: Goal | null
}

const add = (left: Spent, right: Spent): Spent => ({
  items: left.items + right.items,
  wallMs: left.wallMs + right.wallMs,
  cpuMs: left.cpuMs === null || right.cpuMs === null ? null : left.cpuMs + right.cpuMs
})

/** Turns taken together. */
export const total = (turns: ReadonlyArray<Spent>): Spent =>
  turns.reduce(add, { items: 0, wallMs: 0, cpuMs: 0 })

/** Microseconds of an item, by one of the two times. */
export const microseconds = (spent: Spent, by: "wallMs" | "cpuMs"): number | null => {
  const ms = spent[by]
  return ms === null || spent.items === 0 ? null : (1_000 * ms) / spent.items
}

/** Items in a second of wall time. */
export const perSecond = ({ items, wallMs }: Spent): number => (1_000 * items) / wallMs

/**
 * Ours over theirs as the goal counts it: times for `time`, rates for `rate` and without a goal.
 * `null` without a peer, or where that time is not known.
 */
export const ratio = ({ goal, ours, peer }: Figure, by: "wallMs" | "cpuMs"): number | null => {
  if (peer === null) return null
  const mine = microseconds(ours, by)
  const theirs = microseconds(peer.spent, by)
  if (mine === null || theirs === null || mine === 0 || theirs === 0) return null
  return goal?._tag === "time" ? mine / theirs : theirs / mine
}

/** Whether the goal is reached; `null` without one. */
export const isReached = (figure: Figure): boolean | null => {
  const { goal, ours, value } = figure
  if (goal === null) return null
  const measured = ratio(figure, "wallMs") ?? 0
  switch (goal._tag) {
    case "time":
      return measured <= goal.times
    case "rate":
      return measured >= goal.times
    case "perSecond":
      return perSecond(ours) >= goal.rate
    case "most":
      return value !== null && value <= goal.value
  }
}
