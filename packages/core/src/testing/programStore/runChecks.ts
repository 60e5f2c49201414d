/** Runs: one worker at a time, taken over when it dies. */
import { assert } from "vitest"
import type { RunClaim } from "../../ports/store/Runs.ts"
import { type Check, check, type Desk, longLeaseMs, month, t0 } from "./Desk.ts"

const claimRun = (
  { store }: Pick<Desk, "store">,
  over: { readonly key?: string; readonly again?: boolean; readonly leaseMs?: number } = {}
) =>
  store.claimRun({
    kind: "qualify",
    key: over.key ?? month,
    again: over.again ?? false,
    leaseMs: over.leaseMs ?? longLeaseMs,
    nowMs: t0,
    correlationId: "check"
  })

const claimed = (claim: RunClaim) =>
  claim._tag === "Claimed" ? claim : assert.fail(`not claimed: ${claim._tag}`)

const page = (
  { store }: Desk,
  claim: RunClaim,
  over: { readonly page?: number; readonly cursor?: string | null; readonly leaseMs?: number } = {}
) =>
  store.recordDecisions({
    run: claimed(claim).run,
    nowMs: t0,
    leaseMs: over.leaseMs ?? longLeaseMs,
    month,
    policyHash: "policy-hash",
    page: over.page ?? claimed(claim).page,
    decisions: [],
    nextCursor: over.cursor ?? null
  })

const finish = ({ store }: Desk, claim: RunClaim, contentHash = "hash") =>
  store.finishQualification({
    run: claimed(claim).run,
    nowMs: t0,
    month,
    contentHash,
    announcements: []
  })

export const runChecks: ReadonlyArray<Check> = [
  check("a new run starts at page 0 without a cursor", function* (desk) {
    const claim = claimed(yield* claimRun(desk))
    assert.deepInclude(claim, { sequence: 1, cursor: null, page: 0 })
  }),
  check("another worker is kept out while the lease lasts", function* (desk) {
    yield* claimRun(desk)
    assert.deepStrictEqual(yield* claimRun(desk), { _tag: "Busy" })
    assert.deepStrictEqual(yield* claimRun(desk, { again: true }), { _tag: "Busy" })
  }),
  check("runs of different keys do not touch each other", function* (desk) {
    yield* claimRun(desk)
    assert.strictEqual((yield* claimRun(desk, { key: "2026-09" }))._tag, "Claimed")
  }),
  check("runs of different programs do not touch each other", function* (desk) {
    yield* claimRun(desk)
    assert.strictEqual((yield* claimRun({ store: desk.other }))._tag, "Claimed")
  }),
  check(
    "a taken-over run continues at its cursor and the old worker writes nothing",
    function* (desk) {
      const old = yield* claimRun(desk)
      yield* page(desk, old, { cursor: "cursor-1", leaseMs: desk.leaseMs })
      yield* desk.wait(desk.leaseMs + 10)
      const next = claimed(yield* claimRun(desk))
      assert.deepInclude(next, { sequence: 1, cursor: "cursor-1", page: 1 })
      assert.deepStrictEqual(yield* page(desk, old, { page: 1 }), { _tag: "StaleRun" })
      yield* finish(desk, old, "of the old worker")
      const row = yield* finish(desk, next, "of the new worker")
      assert.strictEqual(row.contentHash, "of the new worker")
    }
  ),
  check("each page renews the lease", function* (desk) {
    const claim = yield* claimRun(desk, { leaseMs: desk.leaseMs })
    yield* page(desk, claim, { cursor: "cursor-1" })
    yield* desk.wait(desk.leaseMs + 10)
    assert.deepStrictEqual(yield* claimRun(desk), { _tag: "Busy" })
  }),
  check("the fence of a take-over is higher than the one before", function* (desk) {
    const old = claimed(yield* claimRun(desk, { leaseMs: desk.leaseMs }))
    yield* desk.wait(desk.leaseMs + 10)
    const next = claimed(yield* claimRun(desk))
    assert.isTrue(next.run.fence > old.run.fence)
    assert.strictEqual(next.run.runId, old.run.runId)
  }),
  check("a finished run is not claimed again", function* (desk) {
    yield* finish(desk, yield* claimRun(desk))
    assert.deepStrictEqual(yield* claimRun(desk), { _tag: "Finished", sequence: 1 })
  }),
  check("a finished run that is asked for again starts the next sequence", function* (desk) {
    yield* finish(desk, yield* claimRun(desk))
    const again = claimed(yield* claimRun(desk, { again: true }))
    assert.deepInclude(again, { sequence: 2, cursor: null, page: 0 })
  }),
  check("nothing is written under a run that has ended", function* (desk) {
    const claim = yield* claimRun(desk)
    yield* finish(desk, claim)
    assert.deepStrictEqual(yield* page(desk, claim), { _tag: "StaleRun" })
  })
]
