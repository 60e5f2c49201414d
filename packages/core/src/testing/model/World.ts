/**
 * One state of the model in small integers: the notification by number, two workers, the carrier's
 * memory per reference, requests nobody waits for, and how many faults there were.
 *
 * Instants are kept relative to now in steps of the clock, so that two histories that differ only
 * in when they happened are one state.
 *
 * **Source** — delivery protocol 2.6 (what the matrix explores).
 */

/** What a worker is doing. */
export const Doing = { idle: 0, claimed: 1, marked: 2, waiting: 3, asked: 5 } as const

/** What stands in a request: nothing yet, or the carrier's answer. */
export const Answer = {
  none: 0,
  accepted: 1,
  refused: 2,
  refusedBefore: 3,
  throttled: 4,
  throttledBefore: 5,
  vanished: 6
} as const

/** What a look-up said, in the place of an answer. */
export const Told = { found: 1, notFound: 2, noLookup: 3 } as const

/** A validity that the request or message does not have. */
export const noValidity = 31

/** Bits: doing 0–2, n 3–4, holds the fence 5, lease over 6, request 7–19. */
export const worker = (doing: number, n: number, request = 0): number =>
  doing | (n << 3) | 32 | (request << 7)
export const doing = (w: number): number => w & 7
export const workerN = (w: number): number => (w >> 3) & 3
export const holdsFence = (w: number): boolean => (w & 32) !== 0
export const isLate = (w: number): boolean => (w & 64) !== 0
export const withoutFence = (w: number): number => w & ~32
export const late = (w: number): number => w | 64
export const requestOf = (w: number): number => (w >> 7) & 8191
export const withRequest = (w: number, request: number): number => (w & 127) | (request << 7)
export const withDoing = (w: number, now: number): number => (w & ~7) | now

/** Bits: n 0–1, key generation 2–4, steps until V 5–9, answer 10–12. */
export const request = (n: number, generation: number, valid: number): number =>
  n | (generation << 2) | (valid << 5)
export const requestN = (r: number): number => r & 3
export const generation = (r: number): number => (r >> 2) & 7
export const valid = (r: number): number => (r >> 5) & 31
export const answer = (r: number): number => (r >> 10) & 7
export const withAnswer = (r: number, is: number): number => (r & 1023) | (is << 10)
const withValid = (r: number, steps: number): number => (r & ~(31 << 5)) | (steps << 5)

/** What became of an accepted message, and whether a receipt has told it. */
export const Fate = { underway: 0, delivered: 1, expired: 2, failed: 3 } as const

/** Bits: acceptances 0–1, fate 2–3, steps until V 4–8, look-up lag 9–10, lied 11, keys 12–25. */
export const acceptances = (c: number): number => c & 3
export const fate = (c: number): number => (c >> 2) & 3
export const messageValid = (c: number): number => (c >> 4) & 31
export const lag = (c: number): number => (c >> 9) & 3
export const hasLied = (c: number): boolean => (c & 2048) !== 0
export const withFate = (c: number, is: number): number => (c & ~12) | (is << 2)
export const lied = (c: number): number => c | 2048
export const keyOf = (c: number, key: number): number => (c >> (10 + 2 * key)) & 3
export const withKey = (c: number, key: number, is: number): number =>
  (c & ~(3 << (10 + 2 * key))) | (is << (10 + 2 * key))
export const withoutKeys = (c: number): number => c & 4095
export const accepted = (c: number, validFor: number, steps: number): number =>
  (c & ~(3 | 12 | (31 << 4) | (3 << 9))) |
  Math.min(3, acceptances(c) + 1) |
  (validFor << 4) |
  (steps << 9)
/** Under way or delivered: the customer may hold it in the hand. */
export const isLive = (c: number): boolean =>
  acceptances(c) > 0 && (fate(c) === Fate.underway || fate(c) === Fate.delivered)

export interface World {
  readonly notification: number
  readonly suppressed: boolean
  readonly expired: boolean
  /** 0 never restored, 1 in quarantine, 2 reconciled. */
  readonly restored: number
  /** Steps since the restore, while in quarantine. */
  readonly sinceRestore: number
  readonly faults: number
  readonly workers: readonly [number, number]
  /** By attempt, from 0. */
  readonly carrier: ReadonlyArray<number>
  /** Requests on the wire whose worker has left, ascending. */
  readonly orphans: ReadonlyArray<number>
}

const char = String.fromCharCode

/**
 * One string per state. Workers are alike: a state and its mirror image are one. How many faults
 * led here is left out: what can follow from a state after fewer faults includes the rest.
 */
export const textOf = (w: World): string => {
  const flags = (w.suppressed ? 1 : 0) | (w.expired ? 2 : 0) | (w.restored << 2)
  const [a, b] = w.workers
  const low = a < b ? a : b
  const high = a < b ? b : a
  let text =
    char(w.notification & 65535, w.notification >> 16, flags, w.sinceRestore) +
    char(low & 65535, low >> 16, high & 65535, high >> 16)
  for (const c of w.carrier) text += char(c & 65535, c >> 16)
  for (const r of w.orphans) text += char(r)
  return text
}

const later = (steps: number, by: number): number =>
  steps === noValidity ? steps : Math.max(0, steps - by)

/** How many steps ago a worker that asked did so. */
export const askedAgo = (w: number): number => valid(requestOf(w))

const laterWorker = (w: number, by: number): number => {
  const r = requestOf(w)
  const steps = valid(r)
  const next = doing(w) === Doing.asked ? Math.min(30, steps + by) : later(steps, by)
  return withRequest(w, withValid(r, next))
}

const laterRequest = (r: number, by: number): number => withValid(r, later(valid(r), by))

const laterMessage = (c: number, by: number): number => {
  const left = later(messageValid(c), by)
  // One that was called dead may have arrived before its V: who said so knows nothing.
  const dies = acceptances(c) > 0 && fate(c) === Fate.underway && left === 0 && !hasLied(c)
  const aged = (c & ~((31 << 4) | (3 << 9))) | (left << 4) | (Math.max(0, lag(c) - by) << 9)
  return dies ? withFate(aged, Fate.expired) : aged
}

/** Everything outside the database after so many steps: a message whose validity is over dies. */
export const pass = (w: World, steps: number): World => ({
  ...w,
  sinceRestore: w.restored === 1 ? Math.min(200, w.sinceRestore + steps) : 0,
  workers: [laterWorker(w.workers[0], steps), laterWorker(w.workers[1], steps)],
  carrier: w.carrier.map((c) => laterMessage(c, steps)),
  orphans: w.orphans.map((r) => laterRequest(r, steps)).toSorted((x, y) => x - y)
})
