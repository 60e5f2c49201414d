import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as Correction from "../../src/balance/Correction.ts"

/** **Source** — product rules, "Days": corrections are superseding revisions; conflict in one run. */
describe("Correction", () => {
  describe("for every sequence of amounts from captures and operators", () => {
    // Caught: a repeat recorded; a conflict that supersedes; an operator's amount compared by
    // value alone; a revision numbered by its instant.
    it("always tells first, repeat, conflict and superseding as the newest revision says", () => {
      fc.assert(
        fc.property(arrivals, (arrivals) => {
          const revisions: Array<Correction.Revision> = []
          for (const { minorUnits, source } of arrivals) {
            const newest = revisions.at(-1)
            const arrival = Correction.arrivalOf(newest, minorUnits, source)
            const known = newest !== undefined
            const equal = known && newest.minorUnits === minorUnits
            const sameRun = known && newest.source === source
            assert.strictEqual(arrival === "first", !known)
            assert.strictEqual(arrival === "repeat", equal)
            assert.strictEqual(arrival === "conflict", known && !equal && sameRun)
            assert.strictEqual(arrival === "superseding", known && !equal && !sameRun)
            record(revisions, arrival, minorUnits, source)
          }
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: `<` for `<=` at the instant of recording; the first revision instead of the last.
    it("always gives back what was the newest at every instant, and nothing before the first", () => {
      fc.assert(
        fc.property(arrivals, (arrivals) => {
          const revisions: Array<Correction.Revision> = []
          const newestAt: Array<Correction.Revision | undefined> = []
          for (const { minorUnits, source } of arrivals) {
            const arrival = Correction.arrivalOf(revisions.at(-1), minorUnits, source)
            record(revisions, arrival, minorUnits, source)
            newestAt[(revisions.at(-1)?.recordedAtMs ?? 0) + 1] = revisions.at(-1)
          }
          let newest: Correction.Revision | undefined
          for (let instantMs = -1; instantMs <= revisions.length * 10 + 1; instantMs++) {
            newest = newestAt[instantMs + 1] ?? newest
            assert.strictEqual(Correction.asOf(revisions, instantMs), newest, String(instantMs))
          }
        }),
        { numRuns: 500 }
      )
    })
  })

  describe("for every progress of a month", () => {
    // Caught: `marked` looked at only in a closed month; retention looked at after the outcome.
    it("never re-decides after the mark, after closing, beyond retention or without a change", () => {
      fc.assert(
        fc.property(progress, (progress) => {
          const { closed, corrected, decided, marked, withinRetention } = progress
          const meaning = Correction.meaningOf(progress)
          const undecided = decided === undefined
          const may = withinRetention && !undecided && decided !== corrected
          assert.strictEqual(meaning._tag === "Redecide", may && !marked && !closed)
          assert.strictEqual(meaning._tag === "CorrectionObserved", may && (marked || closed))
          assert.strictEqual(meaning._tag === "BeyondRetention", !withinRetention)
          assert.strictEqual(meaning._tag === "NotYetDecided", withinRetention && undecided)
        })
      )
    })

    // Caught: `stands` and `counterfactual` exchanged; `from` taken from the corrected outcome.
    it("always names the decision that stands, or is replaced, before the corrected one", () => {
      fc.assert(
        fc.property(progress, (progress) => {
          const meaning = Correction.meaningOf(progress)
          const { corrected, decided } = progress
          if (meaning._tag === "Redecide") {
            assert.deepStrictEqual([meaning.from, meaning.to], [decided, corrected])
          }
          if (meaning._tag === "CorrectionObserved") {
            const { counterfactual, stands } = meaning
            assert.deepStrictEqual([stands, counterfactual], [decided, corrected])
          }
        })
      )
    })
  })
})

/** As a ledger does: ten milliseconds between revisions, numbers without gaps. */
function record(
  revisions: Array<Correction.Revision>,
  arrival: Correction.Arrival,
  minorUnits: bigint,
  source: string
) {
  if (arrival !== "first" && arrival !== "superseding") return
  const revision = revisions.length + 1
  revisions.push({ revision, minorUnits, source, recordedAtMs: revision * 10 })
}

const arrivals = fc.array(
  fc.record({
    minorUnits: fc.constantFrom(1_499_999n, 1_500_000n),
    source: fc.constantFrom("capture 1", "capture 2", "correction by dana")
  }),
  { maxLength: 8 }
)

const outcome = fc.constantFrom<string>("MET_EVERY_DAY", "BELOW_THRESHOLD", "DATA_INCOMPLETE")
const progress: fc.Arbitrary<Correction.MonthProgress<string>> = fc
  .record({
    withinRetention: fc.boolean(),
    decided: fc.option(outcome, { nil: undefined }),
    corrected: outcome,
    marked: fc.boolean(),
    closed: fc.boolean()
  })
  .map(({ decided, ...rest }) => (decided === undefined ? rest : { ...rest, decided }))
