/** What doctor says of the store's own watchmen: the circuit breaker and the witness. */
import type { LedgerView } from "@tidemark/core/effect"
import { Instant } from "@tidemark/core/rules"

/** In words, and whether somebody should look at it. */
export interface Watched {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
}

/** The carrier account's circuit breaker. */
export const ofBreaker = ({ failures, state, untilMs }: LedgerView["breaker"]): Watched => {
  const check = "circuit breaker"
  if (state === "closed") {
    const row = failures === 0 ? "" : `, ${failures} failures in a row`
    return { check, ok: true, detail: `closed${row}` }
  }
  const until = untilMs === null ? "" : ` until ${Instant.toIso(untilMs)}`
  const detail =
    state === "open"
      ? `open after ${failures} failures in a row: nothing is submitted${until}, then one message`
      : `half-open: one message is on its way to a carrier that failed, given up${until}`
  return { check, ok: false, detail }
}

const differs =
  "nothing is sent until two people have run `tidemark restore confirm` (docs/operating/restore.md)"

const witnessed: Readonly<Record<LedgerView["witness"], readonly [ok: boolean, detail: string]>> = {
  none: [true, "off: no witness is named (Database.WitnessFile, on a PostgreSQL server)"],
  agrees: [true, "on: this is the database its witness knows"],
  unreadable: [false, "the witness file cannot be read: nothing is sent until it can"],
  UNWITNESSED: [false, `the database has no witness yet: ${differs}`],
  OTHER_SYSTEM: [false, `a dump was loaded, or it is another server: ${differs}`],
  OTHER_TIMELINE: [false, `the database was restored, or a standby was promoted: ${differs}`],
  OTHER_NUMBER: [false, `the database is of an earlier life than its witness knows: ${differs}`]
}

/** Whether a restored database would be noticed, and whether this is one. */
export const ofWitness = (witness: LedgerView["witness"]): Watched => {
  const [ok, detail] = witnessed[witness]
  return { check: "restore detection", ok, detail }
}
