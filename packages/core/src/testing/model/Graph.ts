/**
 * The explored states as a graph: which can come to rest, and how often a path may write.
 *
 * **Source** — invariants 34 and 35.
 */
import { Kind } from "./Exploration.ts"

/** Edges in the order in which they were found; the first state is 0. */
export interface Graph {
  readonly states: number
  readonly sources: ReadonlyArray<number>
  readonly targets: ReadonlyArray<number>
  /** One of `Kind`. */
  readonly kinds: ReadonlyArray<number>
  /** Whether the edge writes the notification. */
  readonly writes: ReadonlyArray<boolean>
}

/** The edges of each state: those of s are `edges[first[s]]` up to `edges[first[s + 1]]`. */
interface ByState {
  readonly first: Int32Array
  readonly edges: Int32Array
}

const byState = (states: number, ends: ReadonlyArray<number>): ByState => {
  const first = new Int32Array(states + 1)
  for (const end of ends) first[end + 1] = (first[end + 1] ?? 0) + 1
  for (let i = 0; i < states; i++) first[i + 1] = (first[i + 1] ?? 0) + (first[i] ?? 0)
  const at = first.slice()
  const edges = new Int32Array(ends.length)
  ends.forEach((end, edge) => {
    const place = at[end] ?? 0
    edges[place] = edge
    at[end] = place + 1
  })
  return { first, edges }
}

const isNecessary = (kind: number | undefined): boolean =>
  kind === Kind.progress || kind === Kind.late || kind === Kind.idle

/** Edges that may be part of a circle of writes. */
const counts = (kind: number | undefined): boolean => kind !== Kind.fault && kind !== Kind.idle

/** A state from which no sequence of necessary moves reaches a good one, or -1. */
export const stuck = (graph: Graph, good: Uint8Array): number => {
  const { first, edges } = byState(graph.states, graph.targets)
  const reached = good.slice()
  const open: Array<number> = []
  for (let s = 0; s < graph.states; s++) if (reached[s] === 1) open.push(s)
  for (let s = open.pop(); s !== undefined; s = open.pop()) {
    for (let e = first[s] ?? 0; e < (first[s + 1] ?? 0); e++) {
      const edge = edges[e] ?? 0
      const from = graph.sources[edge] ?? 0
      if (!isNecessary(graph.kinds[edge]) || reached[from] === 1) continue
      reached[from] = 1
      open.push(from)
    }
  }
  return reached.indexOf(0)
}

/**
 * The most writes without a fault, from any state; or a circle of states in which a path without
 * faults writes for ever.
 *
 * Edges that write nothing are no danger on a circle, but a state on one is never free of edges
 * into it: in this model time alone makes none, so every circle counts.
 */
export const mostWrites = (
  graph: Graph
): { readonly most: number; readonly circle: ReadonlyArray<number> } => {
  const { kinds, sources, states, targets, writes } = graph
  const { first, edges } = byState(states, sources)
  const into = new Int32Array(states)
  targets.forEach((target, edge) => {
    if (counts(kinds[edge])) into[target] = (into[target] ?? 0) + 1
  })
  const most = new Int32Array(states)
  const open: Array<number> = []
  for (let s = 0; s < states; s++) if (into[s] === 0) open.push(s)
  let left = states
  let best = 0
  for (let s = open.pop(); s !== undefined; s = open.pop()) {
    left--
    best = Math.max(best, most[s] ?? 0)
    for (let e = first[s] ?? 0; e < (first[s + 1] ?? 0); e++) {
      const edge = edges[e] ?? 0
      if (!counts(kinds[edge])) continue
      const to = targets[edge] ?? 0
      const written = (most[s] ?? 0) + (writes[edge] === true ? 1 : 0)
      if (written > (most[to] ?? 0)) most[to] = written
      into[to] = (into[to] ?? 0) - 1
      if (into[to] === 0) open.push(to)
    }
  }
  return left === 0 ? { most: best, circle: [] } : { most: -1, circle: circleIn(graph, into) }
}

/** Backwards along edges that were never used up, until a state comes again. */
const circleIn = (graph: Graph, into: Int32Array): ReadonlyArray<number> => {
  const { first, edges } = byState(graph.states, graph.targets)
  const path: Array<number> = []
  const place = new Map<number, number>()
  let s = into.findIndex((count) => count > 0)
  while (!place.has(s)) {
    place.set(s, path.push(s) - 1)
    let before = -1
    for (let e = first[s] ?? 0; e < (first[s + 1] ?? 0) && before < 0; e++) {
      const edge = edges[e] ?? 0
      const from = graph.sources[edge] ?? 0
      if (counts(graph.kinds[edge]) && (into[from] ?? 0) > 0) before = from
    }
    if (before < 0) return []
    s = before
  }
  return path.slice(place.get(s)).toReversed()
}
