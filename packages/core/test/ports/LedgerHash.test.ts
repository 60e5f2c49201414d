import { createHash } from "node:crypto"
import fc from "fast-check"
import { assert, describe, it } from "vitest"
import { type LedgerAccount, ledgerHash } from "../../src/ports/store/LedgerHash.ts"

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

describe("the ledger hash", () => {
  it("is SHA-256 of the layout, byte for byte", () => {
    const layout = Buffer.from("00000001610002fffffffffffffffb00000003", "hex")
    const found = ledgerHash([
      { accountId: "a", balances: [{ day: 2, minorUnits: -5n, revision: 3 }] }
    ])
    assert.strictEqual(hex(found), createHash("sha256").update(layout).digest("hex"))
  })

  it("of nothing is that of no bytes", () => {
    assert.strictEqual(hex(ledgerHash([])), createHash("sha256").digest("hex"))
  })

  it("orders accounts by the bytes of UTF-8, shorter first", () => {
    // U+FF5E stands before U+1F600 in UTF-8 and after it in UTF-16.
    const accounts = ["\u{1F600}", "\uFF5E", "ab", "a"].map((accountId) => ({
      accountId,
      balances: [{ day: 1, minorUnits: 1n, revision: 1 }]
    }))
    const bytes = ["a", "ab", "\uFF5E", "\u{1F600}"].map((id) => {
      const name = Buffer.from(id)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(name.length)
      const rest = Buffer.from("0001000000000000000100000001", "hex")
      return Buffer.concat([length, name, rest])
    })
    const expected = createHash("sha256").update(Buffer.concat(bytes)).digest("hex")
    assert.strictEqual(hex(ledgerHash(accounts)), expected)
  })
})

describe("for every ledger", () => {
  // Planted: the revision left out of the layout; caught.
  it("always changes with any revision, and never with the order of accounts", () => {
    fc.assert(
      fc.property(ledger, (accounts) => {
        const hash = hex(ledgerHash(accounts))
        assert.strictEqual(hex(ledgerHash(accounts.toReversed())), hash)
        const corrected = accounts.map(({ accountId, balances }, i) => ({
          accountId,
          balances: i > 0 ? balances : balances.map((one) => ({ ...one, revision: 9 }))
        }))
        assert.notStrictEqual(hex(ledgerHash(corrected)), hash)
      })
    )
  })
})

const balances = fc.array(
  fc.record({
    minorUnits: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    revision: fc.integer({ min: 1, max: 8 })
  }),
  { minLength: 1, maxLength: 5 }
)

const ledger: fc.Arbitrary<ReadonlyArray<LedgerAccount>> = fc.uniqueArray(
  fc.record({
    accountId: fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 }),
    balances: balances.map((list) => list.map((one, day) => ({ ...one, day })))
  }),
  { selector: ({ accountId }) => accountId, minLength: 1, maxLength: 4 }
)
