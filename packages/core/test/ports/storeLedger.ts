/** The default `BalanceHistory`, over the memory store, as its contract asks for it. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { assert } from "vitest"
import { BalanceHistory, type HistoryBalance } from "../../src/ports/BalanceHistory.ts"
import { ProgramStore } from "../../src/ports/ProgramStore.ts"
import type { MakeHistory } from "../../src/testing/BalanceHistoryContract.ts"
import * as LedgerHistory from "../../src/workflows/LedgerHistory.ts"

const nowMs = 1_793_610_000_000
const leaseMs = 120_000

/**
 * One capture of one date: accounts with two amounts are in conflict, the others have a balance.
 */
const capture = Effect.fnUntraced(function* (
  businessDate: HistoryBalance["businessDate"],
  balances: ReadonlyArray<HistoryBalance>
) {
  const store = yield* ProgramStore
  const claim = yield* store.claimRun({
    kind: "capture",
    key: businessDate,
    again: true,
    leaseMs,
    nowMs,
    correlationId: "capture"
  })
  if (claim._tag !== "Claimed") return assert.fail(`not claimed: ${claim._tag}`)
  const byAccount = Map.groupBy(balances, ({ accountId }) => accountId)
  const groups = Array.from(byAccount.entries())
  const sound = groups.flatMap(([, [first, ...more]]) =>
    first === undefined || more.length > 0 ? [] : [first]
  )
  yield* store.recordCapturedPage({
    run: claim.run,
    nowMs,
    leaseMs,
    businessDate,
    page: claim.page,
    checks: {
      accountIds: sound.map(({ accountId }) => accountId),
      minorUnits: sound.map(({ minorUnits }) => minorUnits),
      met: sound.map(() => false)
    },
    conflictingAccountIds: groups.flatMap(([id, each]) => (each.length > 1 ? [id] : [])),
    issues: [],
    nextCursor: null,
    announce: false,
    thresholdMinor: 0n
  })
  yield* store.finishCapture({ run: claim.run, nowMs, businessDate, issues: [] })
})

export const ledger: MakeHistory = ({ captures }) =>
  Effect.gen(function* () {
    const store = ProgramStore.layerMemory({ program: "ledger" })
    const context = yield* Layer.build(Layer.provideMerge(LedgerHistory.layer, store))
    for (const balances of captures) {
      const byDate = Map.groupBy(balances, ({ businessDate }) => businessDate)
      for (const [date, each] of byDate) yield* Effect.provide(capture(date, each), context)
    }
    return { history: Context.get(context, BalanceHistory) }
  })
