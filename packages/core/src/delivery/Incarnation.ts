/**
 * Whether a database is still the one it was: what the claim and the mark compare, and what a
 * mismatch does to fences. A restored or failed-over database may have lost rows of messages that
 * were sent, and looks clean.
 *
 * **Source** — delivery protocol 1.4.
 */

/** What names one uninterrupted life of a database. */
export interface Incarnation {
  /** The cluster's own identifier, as written. */
  readonly systemIdentifier: string
  /** The timeline of the write-ahead log; a promotion or a restore to a point in time opens one. */
  readonly timeline: number
  /** Our number, raised by every quarantine. */
  readonly number: number
}

/**
 * - `UNWITNESSED`: the witness outside knows nothing: a fresh database, or a lost witness
 * - `OTHER_SYSTEM`: another cluster: a dump was loaded
 * - `OTHER_TIMELINE`: a standby was promoted, or a backup restored in place
 * - `OTHER_NUMBER`: rows of an earlier or later life of the same cluster
 */
export type Mismatch = "UNWITNESSED" | "OTHER_SYSTEM" | "OTHER_TIMELINE" | "OTHER_NUMBER"

/**
 * What tells a database apart from the one the witness knows; `undefined` when it is that one, and
 * only then may anything be claimed or marked.
 *
 * **Outcomes, first match wins** — in the order of `Mismatch`.
 *
 * **Source** — delivery protocol 1.4.
 */
export const mismatch = (
  database: Incarnation,
  witness: Incarnation | undefined
): Mismatch | undefined => {
  if (witness === undefined) return "UNWITNESSED"
  if (database.systemIdentifier !== witness.systemIdentifier) return "OTHER_SYSTEM"
  if (database.timeline !== witness.timeline) return "OTHER_TIMELINE"
  return database.number === witness.number ? undefined : "OTHER_NUMBER"
}

/**
 * The life that begins with a quarantine: above both numbers, so that it equals no earlier one,
 * whichever of the two had lost its memory.
 *
 * **Source** — delivery protocol 1.4; invariant 39.
 */
export const next = (database: Incarnation, witness: Incarnation | undefined): Incarnation => ({
  ...database,
  number: Math.max(database.number, witness?.number ?? 0) + 1
})

/**
 * The least fence of the next life: no fence handed out after the backup reaches as far.
 *
 * **Source** — delivery protocol 1.4 (the fence sequence jumps by 2^32); invariant 39.
 */
export const fenceAfter = (fence: bigint): bigint => fence + 4_294_967_296n
