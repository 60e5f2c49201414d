/**
 * What every `BalanceHistory` must answer, whether it reads the store's ledger or a bank's own
 * table.
 *
 * **Source** — product rules, "Days", "Money and threshold"; architecture, Ports.
 */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import type { BalanceHistory, EvidenceRequest, HistoryBalance } from "../ports/BalanceHistory.ts"
import { ledgerHash } from "../ports/store/LedgerHash.ts"
import * as Contract from "./Contract.ts"

export interface HistoryDesk {
  readonly history: (typeof BalanceHistory)["Service"]
}

/**
 * Captures that have been taken, the earliest first: a later one supersedes, within one: conflict.
 */
export interface HistorySetup {
  readonly captures: ReadonlyArray<ReadonlyArray<HistoryBalance>>
}

/** Makes a history in which these captures were taken. */
export type MakeHistory = Contract.Make<HistorySetup, HistoryDesk>

/** Thirty-one days. */
const month = CalendarMonth.of(BusinessDate.unchecked("2026-10-01"))
const before = CalendarMonth.last(CalendarMonth.previous(month))
const threshold = 1_500_000n

const on = (day: number, accountId: string, minorUnits: bigint): HistoryBalance => ({
  accountId,
  businessDate: CalendarMonth.dateAt(month, day),
  minorUnits
})

const check = (
  name: string,
  captures: HistorySetup["captures"],
  body: Contract.Body<HistoryDesk>
): Contract.Check<HistorySetup, HistoryDesk> => ({
  name,
  setup: { captures },
  needs: "honest",
  run: Effect.fnUntraced(body)
})

const request = (
  customers: EvidenceRequest["customers"],
  combine: EvidenceRequest["combine"]
): EvidenceRequest => ({ month, thresholdMinor: threshold, combine, customers })

/** The evidence of one customer with these accounts. */
const evidenceOf = (
  { history }: HistoryDesk,
  accountIds: ReadonlyArray<string>,
  combine: EvidenceRequest["combine"] = "primaryAccount"
) =>
  Effect.map(
    history.monthEvidence(request([{ customerId: "c", accountIds }], combine)),
    ([found]) => found ?? assert.fail("no evidence for the customer")
  )

const answers = [
  check(
    "answers once per customer asked for, in the order asked, even about unknown accounts",
    [[on(1, "a", threshold)]],
    function* ({ history }) {
      const customers = [
        { customerId: "z", accountIds: ["nobody"] },
        { customerId: "c", accountIds: ["a"] },
        { customerId: "b", accountIds: ["nobody"] }
      ]
      const found = yield* history.monthEvidence(request(customers, "primaryAccount"))
      assert.deepStrictEqual(
        found.map(({ customerId, observed }) => [customerId, observed]),
        [
          ["z", 0],
          ["c", 1],
          ["b", 0]
        ]
      )
    }
  ),
  check("knows nothing of an unknown account", [], function* (desk) {
    const { ledgerHash: hash, ...rest } = yield* evidenceOf(desk, ["nobody"])
    assert.deepStrictEqual(rest, {
      customerId: "c",
      observed: 0,
      met: 0,
      conflict: 0,
      before: null,
      worst: null
    })
    assert.deepStrictEqual(Array.from(hash), Array.from(ledgerHash([])))
  }),
  check("has no answer where nobody is asked for", [], function* ({ history }) {
    assert.deepStrictEqual(yield* history.monthEvidence(request([], "anyAccount")), [])
  }),
  check("gives the same answer when it is asked again", [[on(3, "a", 5n)]], function* (desk) {
    assert.deepStrictEqual(yield* evidenceOf(desk, ["a"]), yield* evidenceOf(desk, ["a"]))
  })
]

const days = [
  check(
    "meets at exactly the threshold and not one unit below, each day its own bit",
    [[on(1, "a", threshold), on(2, "a", threshold - 1n), on(31, "a", threshold + 1n)]],
    function* (desk) {
      const observed = 0b11 | (1 << 30)
      const met = 0b01 | (1 << 30)
      assert.deepInclude(yield* evidenceOf(desk, ["a"]), { observed, met, conflict: 0 })
    }
  ),
  check(
    "takes no day from another month or another account",
    [
      [
        { accountId: "a", businessDate: before, minorUnits: threshold },
        {
          accountId: "a",
          businessDate: CalendarMonth.first(CalendarMonth.next(month)),
          minorUnits: threshold
        },
        on(5, "b", threshold)
      ]
    ],
    function* (desk) {
      assert.deepInclude(yield* evidenceOf(desk, ["a"]), { observed: 0, met: 0, worst: null })
    }
  ),
  check(
    "calls two amounts in one capture a conflict, and the day not observed",
    [[on(4, "a", threshold), on(4, "a", threshold + 1n), on(5, "a", threshold)]],
    function* (desk) {
      const evidence = yield* evidenceOf(desk, ["a"])
      assert.deepInclude(evidence, { observed: 0b10000, met: 0b10000, conflict: 0b1000 })
    }
  ),
  check(
    "takes the amount of a later capture, which also resolves a conflict",
    [[on(4, "a", 1n), on(4, "a", 2n), on(5, "a", 3n)], [on(4, "a", threshold)], [on(5, "a", 4n)]],
    function* (desk) {
      const evidence = yield* evidenceOf(desk, ["a"])
      assert.deepInclude(evidence, { observed: 0b11000, met: 0b01000, conflict: 0 })
      assert.deepStrictEqual(evidence.worst, { day: 5, minorUnits: 4n })
    }
  ),
  check(
    "names the lowest day the worst, the earliest of equals, negative below nothing",
    [[on(7, "a", -5n), on(2, "a", 0n), on(9, "a", -5n), on(8, "a", threshold)]],
    function* (desk) {
      const { worst } = yield* evidenceOf(desk, ["a"])
      assert.deepStrictEqual(worst, { day: 7, minorUnits: -5n })
    }
  )
]

const carried = [
  check(
    "tells whether the last balance before the month met, however long ago it was",
    [
      [
        {
          accountId: "a",
          businessDate: CalendarMonth.dateAt(
            CalendarMonth.previous(CalendarMonth.previous(month)),
            3
          ),
          minorUnits: 1n
        },
        { accountId: "a", businessDate: before, minorUnits: threshold },
        {
          accountId: "b",
          businessDate: CalendarMonth.dateAt(
            CalendarMonth.previous(CalendarMonth.previous(month)),
            3
          ),
          minorUnits: 1n
        }
      ]
    ],
    function* (desk) {
      assert.strictEqual((yield* evidenceOf(desk, ["a"])).before, true)
      assert.strictEqual((yield* evidenceOf(desk, ["b"])).before, false)
      assert.strictEqual((yield* evidenceOf(desk, ["nobody"])).before, null)
    }
  )
]

const several = [
  check(
    "any account: one that meets is enough, else all must be known",
    [
      [
        on(1, "a", threshold),
        on(2, "a", 1n),
        on(3, "a", 1n),
        on(3, "b", threshold),
        on(4, "a", 1n),
        on(4, "b", 2n)
      ]
    ],
    function* (desk) {
      const evidence = yield* evidenceOf(desk, ["a", "b"], "anyAccount")
      assert.deepInclude(evidence, { observed: 0b1101, met: 0b0101 })
    }
  ),
  check(
    "sum of accounts: every account must be known",
    [
      [
        on(1, "a", threshold),
        on(2, "a", threshold - 1n),
        on(2, "b", 1n),
        on(3, "a", threshold),
        on(3, "b", -1n)
      ]
    ],
    function* (desk) {
      const evidence = yield* evidenceOf(desk, ["a", "b"], "sumOfAccounts")
      assert.deepInclude(evidence, { observed: 0b110, met: 0b010 })
    }
  )
]

const hashes = [
  check(
    "hashes the balances in force, ordered by the bytes of the account id, conflicts left out",
    [
      [
        { accountId: "a", businessDate: before, minorUnits: 5n },
        on(2, "a", 6n),
        on(2, "\u{1F600}", -7n),
        on(2, "\uFF21", 9n),
        on(3, "a", 1n),
        on(3, "a", 2n)
      ],
      [on(2, "a", 8n)]
    ],
    function* (desk) {
      const accounts = [
        {
          accountId: "a",
          balances: [
            { day: 0, minorUnits: 5n, revision: 1 },
            { day: 2, minorUnits: 8n, revision: 2 }
          ]
        },
        { accountId: "\uFF21", balances: [{ day: 2, minorUnits: 9n, revision: 1 }] },
        { accountId: "\u{1F600}", balances: [{ day: 2, minorUnits: -7n, revision: 1 }] }
      ]
      const ids = ["\u{1F600}", "\uFF21", "a"]
      const found = yield* evidenceOf(desk, ids, "sumOfAccounts")
      assert.deepStrictEqual(Array.from(found.ledgerHash), Array.from(ledgerHash(accounts)))
    }
  )
]

const checks: Contract.Checks<HistorySetup, HistoryDesk> = [
  ["answers", answers],
  ["days", days],
  ["the balance carried in", carried],
  ["several accounts", several],
  ["the ledger hash", hashes]
]

/** The whole contract, as one suite. */
export const balanceHistoryContract = (name: string, make: MakeHistory): void => {
  Contract.suite("BalanceHistory", name, checks, make, "scripted")
}

/** The names of the policies a history breaks; none for a sound one. */
export const failedBalanceHistoryChecks = (
  make: MakeHistory
): Effect.Effect<ReadonlyArray<string>> => Contract.failedChecks(checks, make, "scripted")
