import * as Redacted from "effect/Redacted"
import fc from "fast-check"
import { assert, describe, it } from "vitest"
import { derive, nonces, seal, unseal } from "../src/Sealing.ts"

const key = derive({ id: "k1", key: Redacted.make(new Uint8Array(32).fill(1)) })
const other = derive({ id: "k2", key: Redacted.make(new Uint8Array(32).fill(2)) })

const text = fc.oneof(fc.string(), fc.string({ unit: "grapheme", minLength: 1, maxLength: 400 }))
const rowId = fc.string({ minLength: 1 })

describe("every sealed text", () => {
  it("always opens for its own column, row and key", () => {
    fc.assert(
      fc.property(text, rowId, (plain, row) => {
        assert.strictEqual(unseal(key, "text", row, seal(key, "text", row, plain)), plain)
      })
    )
  })

  // Planted bug: the row id left out of the authenticated data.
  it("never opens in another row or column, or under another key", () => {
    fc.assert(
      fc.property(text, rowId, (plain, row) => {
        const sealed = seal(key, "text", row, plain)
        assert.isUndefined(unseal(key, "text", `${row}/2`, sealed))
        assert.isUndefined(unseal(key, "to", row, sealed))
        assert.isUndefined(unseal(other, "text", row, sealed))
      })
    )
  })

  it("never opens once a bit of it is changed", () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.nat({ max: 7 }), (plain, at, bit) => {
        const sealed = Uint8Array.from(seal(key, "text", "r", plain))
        const index = at % sealed.length
        sealed[index] = (sealed[index] ?? 0) ^ (1 << bit)
        assert.isUndefined(unseal(key, "text", "r", sealed))
      })
    )
  })

  it("never uses a nonce twice", () => {
    const nonces = new Set<string>()
    for (let i = 0; i < 1000; i++) {
      nonces.add(Buffer.from(seal(key, "text", "r", "same").subarray(0, 12)).toString("hex"))
    }
    assert.strictEqual(nonces.size, 1000)
  })

  // Caught: every nonce of a draw begun at its first byte.
  it("never uses a nonce twice of those drawn at once, nor more than were drawn", () => {
    const next = nonces(1000)
    const drawn = Array.from({ length: 1000 }, () => Buffer.from(next()).toString("hex"))
    assert.strictEqual(new Set(drawn).size, 1000)
    assert.isTrue(drawn.every((nonce) => nonce.length === 24))
    assert.throws(next)
  })

  it("never opens when it is shorter than nonce and tag", () => {
    assert.isUndefined(unseal(key, "text", "r", new Uint8Array(27)))
  })
})
