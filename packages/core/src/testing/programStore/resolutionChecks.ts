/** Escalations: what two people decide about a message, and what one person ends. */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import type { ProposedResolution } from "../../ports/store/Proposals.ts"
import { defaultQualificationPolicy } from "../../qualification/QualificationPolicy.ts"
import { at, type Check, check, type Desk, expiryMs, hour, t0 } from "./Desk.ts"
import { openCauses, permanent, record, refusal, statesOf, submitting, unknown } from "./Walk.ts"

/** Nobody has answered for long enough. */
const silentMs = t0 + 100 * hour

/** Messages nobody can say anything about, each with its escalation. */
const escalated = Effect.fnUntraced(function* (desk: Desk, ...customerIds: ReadonlyArray<string>) {
  const batch = yield* submitting(desk, ...customerIds)
  yield* record(desk, batch.fence, t0, ...customerIds.map((id) => unknown(id)))
  yield* desk.store.applyTimers({ context: yield* at(silentMs), limit: 10 })
  return yield* desk.store.escalations({ openOnly: true, after: null, limit: 10 })
})

const all = (action: ProposedResolution["action"]): ProposedResolution => ({
  kind: "resolve",
  action,
  escalationId: null,
  cause: "LOOKUP_SILENT"
})

const agree = Effect.fnUntraced(function* (
  { store }: Desk,
  proposed: ProposedResolution,
  proposedMs = silentMs,
  confirmedMs = silentMs
) {
  const said = { reason: "the carrier does not know", by: "dana", nowMs: proposedMs }
  const { proposal } = yield* store.propose({
    proposed,
    ...said,
    expiresMs: proposedMs + 24 * hour
  })
  const { capabilities, policy } = yield* at(silentMs)
  const outcome = yield* store.confirmProposal({
    proposalId: proposal.proposalId,
    by: "noa",
    nowMs: confirmedMs,
    terms: {
      qualification: defaultQualificationPolicy,
      expiryMs: null,
      delivery: { capabilities, policy }
    }
  })
  return outcome._tag === "Refused" ? outcome.reason : outcome._tag
})

export const resolutionChecks: ReadonlyArray<Check> = [
  check("two people close one message and no other", function* (desk) {
    const [first] = yield* escalated(desk, "a", "b")
    const escalationId = first?.escalationId ?? assert.fail("nothing is escalated")
    const one = { ...all("close"), escalationId, cause: null }
    assert.strictEqual(yield* agree(desk, one), "Confirmed")
    const states = [yield* statesOf(desk, "a"), yield* statesOf(desk, "b")]
    assert.sameMembers(states, ["failed / unknown", "escalated / unknown"])
    assert.deepStrictEqual(yield* openCauses(desk), ["LOOKUP_SILENT"])
  }),
  check("two people close every message of a cause", function* (desk) {
    yield* escalated(desk, "a", "b", "c")
    assert.strictEqual(yield* agree(desk, all("close")), "Confirmed")
    for (const customerId of ["a", "b", "c"]) {
      assert.strictEqual(yield* statesOf(desk, customerId), "failed / unknown")
    }
    assert.deepStrictEqual(yield* openCauses(desk), [])
  }),
  check("what was raised after the proposal is not decided by it", function* (desk) {
    yield* escalated(desk, "a")
    assert.strictEqual(yield* agree(desk, all("close"), silentMs - 1), "NOTHING_TO_RESOLVE")
    assert.strictEqual(yield* statesOf(desk, "a"), "escalated / unknown")
  }),
  check("two people give up a lost attempt and send the next", function* (desk) {
    yield* escalated(desk, "a")
    assert.strictEqual(yield* agree(desk, all("resend")), "Confirmed")
    assert.strictEqual(yield* statesOf(desk, "a"), "waiting / closed pending")
    assert.deepStrictEqual(yield* openCauses(desk), [])
  }),
  check("a message too late to be sent is not sent again", function* (desk) {
    yield* escalated(desk, "a")
    const late = yield* agree(desk, all("resend"), silentMs, expiryMs)
    assert.strictEqual(late, "NOTHING_TO_RESOLVE")
    assert.strictEqual(yield* statesOf(desk, "a"), "escalated / unknown")
    assert.deepStrictEqual(yield* openCauses(desk), ["LOOKUP_SILENT"])
  }),
  check("one person ends what is decided already, never what takes two", function* (desk) {
    const batch = yield* submitting(desk, "a", "b")
    yield* record(desk, batch.fence, t0, refusal("a", permanent), unknown("b"))
    yield* desk.store.applyTimers({ context: yield* at(silentMs), limit: 10 })
    const said = { escalationId: null, by: "dana", nowMs: silentMs }
    const acknowledge = (cause: string, raisedUntilMs = silentMs) =>
      desk.store.acknowledgeEscalations({ ...said, cause, raisedUntilMs })
    assert.deepStrictEqual(yield* acknowledge("LOOKUP_SILENT"), { acknowledged: 0 })
    assert.deepStrictEqual(yield* acknowledge("PERMANENT_FAILURE", t0 - 1), { acknowledged: 0 })
    assert.deepStrictEqual(yield* acknowledge("PERMANENT_FAILURE"), { acknowledged: 1 })
    assert.deepStrictEqual(yield* acknowledge("PERMANENT_FAILURE"), { acknowledged: 0 })
    assert.deepStrictEqual(yield* openCauses(desk), ["LOOKUP_SILENT"])
  })
]
