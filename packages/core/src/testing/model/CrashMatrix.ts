/**
 * The crash matrix: for each fault and each carrier class, every end a message can come to, with
 * the number of messages the carrier accepted.
 *
 * The carrier refuses and loses nothing of itself here, people are the end of an escalation, and
 * what is known to be accepted is reported delivered, so that what is seen is the fault alone.
 * K-late may also lose time: that is what makes it late.
 *
 * **Source** — delivery protocol 2.6 (Crash matrix).
 */
import type { FaultKind } from "./Exploration.ts"
import { explore } from "./Explore.ts"
import { type ModelClass, modelClasses } from "./ModelCarriers.ts"

/** One row of the matrix: a fault, in words, and the kinds that make it. */
export interface MatrixRow {
  readonly fault: string
  readonly kinds: ReadonlyArray<FaultKind>
  readonly times: number
}

const row = (fault: string, kinds: ReadonlyArray<FaultKind>, times = 1): MatrixRow => ({
  fault,
  kinds,
  times
})

/** The rows of the matrix, in the order of the steps. */
export const matrixRows: ReadonlyArray<MatrixRow> = [
  row("dies between claim and mark", ["crash after claim"]),
  row("dies between mark and first byte", ["crash after mark"]),
  row("dies while the request is under way", ["crash in flight"]),
  row("dies before the answer is recorded", ["crash before record"]),
  row("request lost", ["request lost"]),
  row("answer lost", ["answer lost"]),
  row("answer slow", ["slow answer"]),
  row("5xx after acceptance", ["5xx after acceptance"]),
  row("connect refused", ["connect refused"]),
  row("throttled", ["throttled"]),
  row("lease over, worker alive", ["lease over, worker alive"]),
  row(
    "reconciler dies after a death",
    ["crash after mark", "crash in flight", "crash before record", "reconciler dies"],
    2
  ),
  row("database restored", ["restore"])
]

/**
 * The ends of one fault for one class, sorted: `delivered/1`, `escalated/0` and so on; last, where
 * it can come to that, that two messages are sent for one.
 */
export const cell = (
  { kinds, times }: MatrixRow,
  carrierClass: ModelClass,
  bounded: boolean
): ReadonlyArray<string> => {
  const isLate = carrierClass === "K-late"
  const { ends, violations } = explore({
    carrierClass,
    faults: isLate ? times + 1 : times,
    bounded,
    kinds: isLate ? [...kinds, "outage"] : kinds,
    refusals: false,
    untilEscalated: true,
    maxStates: 1_000_000
  })
  return violations.size === 0 ? ends : [...ends, "**two SMS**"]
}

/** The whole matrix as the lines of a Markdown table. */
export const matrixTable = (bounded: boolean): ReadonlyArray<string> => [
  `| fault | ${modelClasses.join(" | ")} |`,
  `| --- | ${modelClasses.map(() => "---").join(" | ")} |`,
  ...matrixRows.map((line) => {
    const cells = modelClasses.map((name) => cell(line, name, bounded).join(", "))
    return `| ${line.fault} | ${cells.join(" | ")} |`
  })
]
