/** What a host's people change, by promises: proposals, confirmations, and every refusal's code. */
import { memory, RefusedError, Tidemark } from "@tidemark/core"
import { assert, describe, it } from "vitest"
import { month, options, sandbox } from "./Host.ts"

const now = "2026-10-05T06:00:00.000Z"
const asked = { by: "dana", reason: "the branch was flooded" }

/** The code a promise was refused with. */
const code = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause
  )
  return error instanceof RefusedError ? error.code : assert.fail(String(error))
}

/** Decided, with what is missing staying missing; nothing is sent yet. */
const decided = async () => {
  const host = sandbox()
  const tidemark = await Tidemark.open({ ...options(host), store: memory() })
  host.tell(now)
  await tidemark.tick({ now, roles: ["capture", "qualify"] })
  return tidemark
}

/** The first customer of the sandbox who did not qualify. */
const wrongedOf = async (tidemark: Tidemark): Promise<string> => {
  for (let i = 1; i <= 40; i++) {
    const customerId = `C-${String(i).padStart(7, "0")}`
    const found = await tidemark.explain(customerId, month)
    if (found?.outcome === "NotQualified") return customerId
  }
  return assert.fail("everybody qualified")
}

describe("what people change of a month", () => {
  it("is proposed by one and confirmed by another, and then never again", async () => {
    await using tidemark = await decided()
    const customerId = await wrongedOf(tidemark)
    const proposal = await tidemark.grant({ ...asked, customerId, month }, { now })
    assert.deepInclude(proposal, { kind: "grant", customerId, month, confirmedBy: null })
    assert.deepStrictEqual(await tidemark.proposals({ now }), [proposal])
    const { id } = proposal
    const alone = tidemark.confirm({ id, by: "DANA " }, { now })
    assert.strictEqual(await code(alone), "RefusedError.SamePerson")
    const confirmed = await tidemark.confirm({ id, by: "noa" }, { now })
    assert.strictEqual(confirmed.outcome, "confirmed")
    assert.strictEqual((await tidemark.explain(customerId, month))?.notification?.state, "held")
    const again = await tidemark.confirm({ id, by: "omer" }, { now })
    assert.deepStrictEqual(again, { outcome: "alreadyConfirmed", proposal: confirmed.proposal })
    const second = tidemark.grant({ ...asked, customerId, month }, { now })
    assert.strictEqual(await code(second), "RefusedError.HasMessage")
    assert.deepStrictEqual(await tidemark.proposals({ now }), [])
  })

  it("waives days, which the next tick decides by", async () => {
    await using tidemark = await decided()
    const customerId = await wrongedOf(tidemark)
    const before = await tidemark.explain(customerId, month)
    const dates = (before?.days ?? [])
      .filter(({ state }) => state === "notMet")
      .map(({ date }) => date)
    const few = dates.slice(0, 5)
    const { id } = await tidemark.waive({ ...asked, customerId, dates: few }, { now })
    await tidemark.confirm({ id, by: "noa" }, { now })
    await tidemark.tick({ now, roles: ["qualify"] })
    const after = await tidemark.explain(customerId, month)
    assert.strictEqual(after?.revision, (before?.revision ?? 0) + 1)
    const waived = (after?.days ?? []).filter(({ state }) => state === "waived")
    assert.deepStrictEqual(
      waived.map(({ date }) => date),
      few
    )
  })

  it("corrects balances and declares closures", async () => {
    await using tidemark = await decided()
    const customerId = await wrongedOf(tidemark)
    const day = (await tidemark.explain(customerId, month))?.days[1]
    const accountId = day?.balances[0]?.accountId ?? assert.fail("no balance")
    const date = day?.date ?? assert.fail("no day")
    const correction = { ...asked, accountId, date, amount: "1.00" }
    const changed = { outcome: "changed", redecisions: 1 } as const
    assert.deepStrictEqual(await tidemark.correct(correction, { now }), changed)
    const unchanged = { outcome: "unchanged" } as const
    assert.deepStrictEqual(await tidemark.correct(correction, { now }), unchanged)
    const closure = { ...asked, date: "2026-09-30" }
    assert.strictEqual((await tidemark.declareClosure(closure, { now })).outcome, "changed")
    assert.deepStrictEqual(await tidemark.declareClosure(closure, { now }), unchanged)
  })

  it("is refused by a code for each reason", async () => {
    await using tidemark = await decided()
    const customerId = await wrongedOf(tidemark)
    const correction = { ...asked, accountId: "A-none", date: "2026-09-14", amount: "1.00" }
    const refusals = [
      [tidemark.correct(correction, { now }), "UnknownAccount"],
      [tidemark.correct({ ...correction, date: "2026-10-05" }, { now }), "DayNotOver"],
      [tidemark.waive({ ...asked, customerId, dates: ["2026-10-05"] }, { now }), "DayNotOver"],
      [
        tidemark.waive({ ...asked, customerId: "nobody", dates: ["2026-09-14"] }, { now }),
        "UnknownCustomer"
      ],
      [tidemark.grant({ ...asked, customerId, month: "2026-08" }, { now }), "NotDecided"],
      [tidemark.confirm({ id: "nothing", by: "noa" }, { now }), "UnknownProposal"]
    ] as const
    for (const [refused, reason] of refusals) {
      assert.strictEqual(await code(refused), `RefusedError.${reason}`)
    }
  })
})
