/**
 * Time that exists only as a heap of events: it jumps from one to the next, and whatever runs at an
 * instant runs to its end before the next begins. Two runs of the same events are the same run.
 *
 * **Source** — simulation, determinism rules: one scheduler, no real clock, timer or microtask.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scheduler from "effect/Scheduler"

interface Event {
  readonly atMs: number
  readonly sequence: number
  readonly run: () => void
}

/** The clock of a world, its event heap, and the scheduler of every fiber in it. */
export interface VirtualTime {
  readonly nowMs: () => number
  /** Runs something at an instant; at once when that has passed, after what is running now. */
  readonly at: (atMs: number, run: () => void) => void
  /** Runs every event up to and including an instant; time then stands there. */
  readonly runUntil: (untilMs: number) => void
  readonly scheduler: Scheduler.Scheduler
}

const before = (left: Event, right: Event): boolean =>
  left.atMs < right.atMs || (left.atMs === right.atMs && left.sequence < right.sequence)

const push = (heap: Array<Event>, event: Event): void => {
  let index = heap.length
  while (index > 0) {
    const parent = (index - 1) >> 1
    const above = heap[parent]
    if (above === undefined || !before(event, above)) break
    heap[index] = above
    index = parent
  }
  heap[index] = event
}

const pop = (heap: Array<Event>): Event | undefined => {
  const first = heap[0]
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return first
  let index = 0
  for (;;) {
    const left = heap[2 * index + 1]
    const right = heap[2 * index + 2]
    if (left === undefined) break
    const rightFirst = right !== undefined && before(right, left)
    const child = rightFirst ? right : left
    if (!before(child, last)) break
    heap[index] = child
    index = 2 * index + (rightFirst ? 2 : 1)
  }
  heap[index] = last
  return first
}

/** Runs fibers when told to, in the order in which they became ready; never on its own. */
const makeScheduler = (ready: Array<() => void>): Scheduler.Scheduler => ({
  executionMode: "sync",
  shouldYield: () => false,
  makeDispatcher: () => ({
    scheduleTask: (task) => {
      ready.push(task)
    },
    flush: () => drain(ready)
  })
})

const drain = (ready: Array<() => void>): void => {
  for (let index = 0; index < ready.length; index++) ready[index]?.()
  ready.length = 0
}

/** A world's time, standing at `startMs`. */
export const make = (startMs: number): VirtualTime => {
  const heap: Array<Event> = []
  const ready: Array<() => void> = []
  let nowMs = startMs
  let sequence = 0
  return {
    nowMs: () => nowMs,
    at: (atMs, run) => push(heap, { atMs: Math.max(atMs, nowMs), sequence: sequence++, run }),
    runUntil: (untilMs) => {
      drain(ready)
      for (let next = heap[0]; next !== undefined && next.atMs <= untilMs; next = heap[0]) {
        pop(heap)
        nowMs = next.atMs
        next.run()
        drain(ready)
      }
      nowMs = Math.max(nowMs, untilMs)
    },
    scheduler: makeScheduler(ready)
  }
}

/**
 * The clock of one process, `offsetMs` away from the world's time. A sleep ends by `wake`, which a
 * process that is paused or dead may put off for ever.
 */
export const clockOf = (
  time: VirtualTime,
  offsetMs: () => number,
  wake: (resume: () => void) => void
): Clock.Clock => {
  const wallMs = () => time.nowMs() + offsetMs()
  const wallNanos = () => BigInt(wallMs()) * 1_000_000n
  const monotonicNanos = () => BigInt(time.nowMs()) * 1_000_000n
  return {
    currentTimeMillisUnsafe: wallMs,
    currentTimeMillis: Effect.sync(wallMs),
    currentTimeNanosUnsafe: wallNanos,
    currentTimeNanos: Effect.sync(wallNanos),
    monotonicTimeNanosUnsafe: monotonicNanos,
    monotonicTimeNanos: Effect.sync(monotonicNanos),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const atMs = time.nowMs() + Math.ceil(Duration.toMillis(duration))
        time.at(atMs, () => wake(() => resume(Effect.void)))
      })
  }
}
