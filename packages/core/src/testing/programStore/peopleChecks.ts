/** What takes two people, and what one person changes of a month's evidence. */
import { assert } from "vitest"
import * as Dispositions from "../../report/Dispositions.ts"
import { type Check, check, decision, hour, month, t0 } from "./Desk.ts"
import { agree, confirm, granting, propose, queued, waiver } from "./People.ts"
import { claim, decide, evidence, mark, record, release, released, statesOf } from "./Walk.ts"

const last = 24 * hour

export const proposalChecks: ReadonlyArray<Check> = [
  check("nothing happens before somebody else has confirmed it", function* (desk) {
    yield* decide(desk, [decision("a", "NotQualified")])
    const { _tag, proposal } = yield* propose(desk, granting("a"))
    assert.strictEqual(_tag, "Proposed")
    assert.isNull((yield* desk.store.customerMonth({ customerId: "a", month })).notification)
    const { proposalId } = proposal
    for (const by of ["dana", " Dana ", "DANA", ""]) {
      assert.strictEqual((yield* confirm(desk, proposalId, { by }))._tag, "SamePerson")
    }
    assert.isNull((yield* desk.store.customerMonth({ customerId: "a", month })).notification)
    assert.strictEqual((yield* confirm(desk, proposalId))._tag, "Confirmed")
    assert.strictEqual(yield* statesOf(desk, "a"), "held /")
  }),
  check("the same asked for again is one proposal, whoever asks", function* (desk) {
    const first = yield* propose(desk, waiver("a", 5))
    const again = yield* desk.store.propose({
      proposed: waiver("a", 5),
      reason: "the same",
      by: "noa",
      nowMs: t0,
      expiresMs: t0 + last
    })
    assert.deepStrictEqual(again, { _tag: "AlreadyProposed", proposal: first.proposal })
    const open = { nowMs: t0, after: null, limit: 10 }
    assert.deepStrictEqual(yield* desk.store.openProposals(open), [first.proposal])
    const { proposalId } = first.proposal
    assert.deepStrictEqual(yield* desk.store.proposal({ proposalId }), first.proposal)
    assert.deepStrictEqual(yield* desk.other.openProposals(open), [])
    assert.isNull(yield* desk.other.proposal({ proposalId }))
  }),
  check("a confirmation is told who confirmed before, and changes nothing", function* (desk) {
    const { proposal } = yield* propose(desk, waiver("a", 5))
    yield* confirm(desk, proposal.proposalId)
    const again = yield* confirm(desk, proposal.proposalId, { by: "omer", nowMs: t0 + 1 })
    const confirmed = { ...proposal, confirmedBy: "noa", confirmedMs: t0 }
    assert.deepStrictEqual(again, { _tag: "AlreadyConfirmed", proposal: confirmed })
    const open = { nowMs: t0, after: null, limit: 10 }
    assert.deepStrictEqual(yield* desk.store.openProposals(open), [])
  }),
  check("a proposal nobody confirmed in time is over", function* (desk) {
    const { proposal } = yield* propose(desk, waiver("a", 5))
    const late = yield* confirm(desk, proposal.proposalId, { nowMs: t0 + last })
    assert.deepStrictEqual(late, { _tag: "ProposalExpired", proposal })
    assert.deepStrictEqual(yield* desk.store.waivers({ month, customerIds: ["a"] }), [])
    const anew = yield* propose(desk, waiver("a", 5), t0 + last)
    assert.strictEqual(anew._tag, "Proposed")
    assert.notStrictEqual(anew.proposal.proposalId, proposal.proposalId)
  }),
  check("an unknown proposal is told as one", function* (desk) {
    assert.deepStrictEqual(yield* confirm(desk, "nothing"), { _tag: "UnknownProposal" })
  })
]

export const waiverChecks: ReadonlyArray<Check> = [
  check("waived days are kept by customer and month, and add up", function* (desk) {
    yield* agree(desk, waiver("a", 5))
    yield* agree(desk, waiver("a", 5, 6))
    yield* agree(desk, waiver("b", 31))
    const found = yield* desk.store.waivers({ month, customerIds: ["a", "b", "c"] })
    assert.deepStrictEqual(found, [
      { customerId: "a", waived: 0b110000 },
      { customerId: "b", waived: 1 << 30 }
    ])
    assert.deepStrictEqual(yield* desk.other.waivers({ month, customerIds: ["a"] }), [])
  }),
  check("no more days are waived than the policy allows", function* (desk) {
    assert.strictEqual(yield* agree(desk, waiver("a", 1, 2, 3, 4)), "Confirmed")
    assert.strictEqual(yield* agree(desk, waiver("a", 5, 6)), "TOO_MANY_DAYS")
    assert.strictEqual(yield* agree(desk, waiver("a", 5)), "Confirmed")
  }),
  check("a waiver of a decided month has its customer decided again", function* (desk) {
    yield* decide(desk, [decision("a", "NotQualified"), decision("b")])
    assert.strictEqual(yield* agree(desk, waiver("a", 5)), "Confirmed")
    assert.deepStrictEqual(yield* queued(desk), ["a"])
    assert.strictEqual(yield* agree(desk, waiver("z", 5)), "UNKNOWN_CUSTOMER")
  }),
  check("a waiver of a month that is being decided waits for the end of it", function* (desk) {
    yield* desk.store.completeMonth({ month, nowMs: t0 })
    yield* agree(desk, waiver("a", 5))
    assert.deepStrictEqual(yield* queued(desk), [])
    assert.strictEqual((yield* desk.store.ledger({ nowMs: t0 })).redecisions, 0)
    yield* decide(desk, [decision("a", "NotQualified")])
    assert.deepStrictEqual(yield* queued(desk), ["a"])
  }),
  check("after the mark nothing is waived", function* (desk) {
    yield* released(desk, "a")
    yield* mark(desk, yield* claim(desk))
    assert.strictEqual(yield* agree(desk, waiver("a", 5)), "DECISION_STANDS")
    assert.deepStrictEqual(yield* desk.store.waivers({ month, customerIds: ["a"] }), [])
  }),
  check("a waiver too late for any message is refused", function* (desk) {
    yield* decide(desk, [decision("a", "NotQualified")])
    const late = { nowMs: t0 + 1, expiryMs: t0 + 1 }
    assert.strictEqual(yield* agree(desk, waiver("a", 5), late), "MESSAGES_EXPIRED")
  })
]

export const grantChecks: ReadonlyArray<Check> = [
  check("a granted message is held, released and submitted like any other", function* (desk) {
    yield* decide(desk, [decision("a", "NotQualified"), decision("b", "Undetermined")])
    assert.strictEqual(yield* agree(desk, granting("a")), "Confirmed")
    yield* release(desk)
    assert.strictEqual(yield* agree(desk, granting("b")), "Confirmed")
    assert.deepStrictEqual([...(yield* desk.store.ledger({ nowMs: t0 })).heldMonths], [month])
    yield* release(desk)
    const batch = yield* claim(desk)
    const { marked } = yield* mark(desk, batch)
    assert.lengthOf(marked, 2)
  }),
  check("there is never a second message", function* (desk) {
    yield* decide(desk, [decision("a", "NotQualified"), decision("b")])
    yield* agree(desk, granting("a"))
    assert.strictEqual(yield* agree(desk, granting("a")), "HAS_MESSAGE")
    assert.strictEqual(yield* agree(desk, granting("b")), "QUALIFIED")
    assert.strictEqual(yield* agree(desk, granting("z")), "UNKNOWN_CUSTOMER")
    assert.strictEqual(yield* statesOf(desk, "a"), "held /")
  }),
  check("a withdrawn message that is granted is the same message, held again", function* (desk) {
    yield* decide(desk, [decision("a")])
    const withdrawn = decision("a", "NotQualified", 2)
    const common = { nowMs: t0, month, policyHash: "p", cause: "correction" }
    yield* desk.store.recordRedecision({ ...common, decision: withdrawn })
    assert.strictEqual(yield* statesOf(desk, "a"), "withdrawn /")
    assert.strictEqual(yield* agree(desk, granting("a")), "Confirmed")
    assert.strictEqual(yield* statesOf(desk, "a"), "held /")
  }),
  check("a grant is refused where nothing can be sent", function* (desk) {
    assert.strictEqual(yield* agree(desk, granting("a")), "MONTH_NOT_DECIDED")
    yield* decide(desk, [decision("a", "NotQualified")])
    const late = { nowMs: t0 + 1, expiryMs: t0 + 1 }
    assert.strictEqual(yield* agree(desk, granting("a"), late), "MESSAGES_EXPIRED")
    yield* desk.store.recordReport({
      nowMs: t0,
      month,
      version: "final",
      hash: "hash",
      json: "{}",
      closesMonth: true,
      announcements: []
    })
    assert.strictEqual(yield* agree(desk, granting("a")), "MONTH_CLOSED")
  }),
  check("a granted message is counted apart, and the law holds", function* (desk) {
    yield* decide(desk, [decision("a", "NotQualified"), decision("b")])
    yield* agree(desk, granting("a"))
    yield* release(desk)
    yield* mark(desk, yield* claim(desk))
    const receipt = { state: "delivered", part: 1, parts: 1, failure: null } as const
    const seen = { _tag: "ReceiptSeen", n: 1, receipt } as const
    const taken = { _tag: "AcceptanceSeen", n: 1, carrierMessageId: "x", via: "answer" } as const
    yield* record(desk, null, t0, evidence("a", taken), evidence("a", seen))
    const figures = yield* desk.store.monthFigures({ month })
    assert.deepStrictEqual({ ...figures.granted }, { delivered: 1 })
    assert.deepInclude(figures, { qualified: 1, notQualified: 1, accepted: 0, stateReasons: {} })
    for (const { holds, law } of Dispositions.checks(Dispositions.of(figures))) {
      assert.isTrue(holds, law)
    }
  }),
  check("a correction leaves a granted message, and makes it the program's own", function* (desk) {
    yield* decide(desk, [decision("a", "NotQualified")])
    yield* agree(desk, granting("a"))
    const common = { nowMs: t0, month, policyHash: "p", cause: "correction" }
    const still = decision("a", "NotQualified", 2)
    yield* desk.store.recordRedecision({ ...common, decision: still })
    assert.strictEqual(yield* statesOf(desk, "a"), "held /")
    const own = decision("a", "Qualified", 3)
    yield* desk.store.recordRedecision({ ...common, decision: own })
    assert.strictEqual(yield* statesOf(desk, "a"), "held /")
    const figures = yield* desk.store.monthFigures({ month })
    assert.deepStrictEqual({ ...figures.granted }, {})
    assert.deepStrictEqual({ ...figures.states }, { held: 1 })
  })
]
