/**
 * The states of an exploration as they are found: each once, with the move that led to it first.
 *
 * **Source** — delivery protocol 2.6.
 */
import { Did, faultKinds } from "./Exploration.ts"
import * as World from "./World.ts"

const names = Object.entries(Did).map(([name]) => name)

/** States in the order in which they were found, with how. */
export interface Found {
  readonly index: Map<string, number>
  readonly worlds: Array<World.World | undefined>
  /** By the number of faults that led there. */
  readonly queues: ReadonlyArray<Array<number>>
  readonly parents: Array<number>
  readonly moves: Array<number>
  readonly sources: Array<number>
  readonly targets: Array<number>
  readonly kinds: Array<number>
  readonly writes: Array<boolean>
}

/** How a state was first reached, move by move; `last` is one more. */
export const traceTo = (found: Found, state: number, last?: number): string => {
  const steps = last === undefined ? [] : [moveName(last)]
  for (let s = state; s > 0; s = found.parents[s] ?? 0) steps.unshift(moveName(found.moves[s] ?? 0))
  return steps.join("; ")
}

const moveName = (move: number): string => {
  const did = move >> 3
  const n = move & 7
  const name = did < Did.fault ? names[did] : faultKinds[did - Did.fault]
  return n === 0 ? `${name}` : `${name} ${n}`
}

/** The number of a state; a new one is put into the queue of its faults. */
export const enter = (found: Found, world: World.World, parent: number, move: number): number => {
  const text = World.textOf(world)
  const known = found.index.get(text)
  if (known !== undefined) return known
  const state = found.worlds.push(world) - 1
  found.queues[world.faults]?.push(state)
  found.index.set(text, state)
  found.parents.push(parent)
  found.moves.push(move)
  return state
}

/** Nothing found yet, for at most so many faults. */
export const nothing = (faults: number): Found => ({
  index: new Map(),
  worlds: [],
  queues: Array.from({ length: faults + 1 }, () => []),
  parents: [],
  moves: [],
  sources: [],
  targets: [],
  kinds: [],
  writes: []
})
