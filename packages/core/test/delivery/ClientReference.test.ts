/** The expected values are computed here by Node's own HMAC and an independent base32. */
import { createHmac } from "node:crypto"
import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as ClientReference from "../../src/delivery/ClientReference.ts"

const key = new Uint8Array(32).map((_, i) => i)
const fields: ClientReference.ReferenceFields = {
  environment: "production",
  carrierAccount: "acc-1",
  program: "premium-retail",
  customerId: "C-1029",
  month: "2026-10",
  n: 1
}

describe("client references", () => {
  it("are the base32 of an HMAC-SHA256 over length-prefixed fields, 26 characters", () => {
    const list = ["production", "acc-1", "premium-retail", "C-1029", "2026-10", "1"]
    assert.strictEqual(
      ClientReference.clientReference(key, fields),
      expected(key, ["client-reference", ...list])
    )
    assert.strictEqual(
      ClientReference.notificationId(key, "premium-retail", "C-1029", "2026-10"),
      expected(key, ["notification", "premium-retail", "C-1029", "2026-10"])
    )
  })

  it("have an idempotency key per generation", () => {
    assert.strictEqual(ClientReference.idempotencyKey("abc", 2), "abc.2")
  })
})

describe("for every customer, month and attempt", () => {
  // Planted: the last field left out of `clientReference`.
  // Planted: `& 15` for `& 31`.
  it("always equals the value Node computes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 64 }),
        text,
        text,
        fc.nat(5),
        (secret, program, customerId, n) => {
          const reference = { ...fields, program, customerId, n }
          const list = ["production", "acc-1", program, customerId, "2026-10", String(n)]
          assert.strictEqual(
            ClientReference.clientReference(secret, reference),
            expected(secret, ["client-reference", ...list])
          )
        }
      )
    )
  })

  // Planted: fields joined by "|" without their lengths.
  it("never gives two different lists of fields one name", () => {
    fc.assert(
      fc.property(text, text, text, text, (a, b, c, d) => {
        fc.pre(a !== c || b !== d)
        const left = ClientReference.notificationId(key, a, b, "2026-10")
        assert.notStrictEqual(left, ClientReference.notificationId(key, c, d, "2026-10"))
      })
    )
    const moved = ClientReference.notificationId(key, "a|b", "c", "2026-10")
    assert.notStrictEqual(moved, ClientReference.notificationId(key, "a", "b|c", "2026-10"))
  })

  // Planted: `length` 27.
  it("always is 26 characters of the RFC 4648 alphabet in lower case", () => {
    fc.assert(
      fc.property(text, (customerId) => {
        const reference = ClientReference.clientReference(key, { ...fields, customerId })
        assert.match(reference, /^[a-z2-7]{26}$/)
      })
    )
  })
})

const text = fc.string({ unit: fc.constantFrom("a", "b", "|", "\u0000", "ד", "😀"), maxLength: 6 })

/** RFC 4648 §6 by way of one big number. */
const expected = (secret: Uint8Array, list: ReadonlyArray<string>): string => {
  const hash = createHmac("sha256", secret)
  for (const field of list) {
    const bytes = Buffer.from(field, "utf8")
    const size = Buffer.alloc(4)
    size.writeUInt32BE(bytes.length)
    hash.update(size).update(bytes)
  }
  const number = BigInt(`0x${hash.digest("hex")}`) >> BigInt(256 - 130)
  return number
    .toString(32)
    .padStart(26, "0")
    .replaceAll(/./g, (digit) =>
      "abcdefghijklmnopqrstuvwxyz234567".charAt(Number.parseInt(digit, 32))
    )
}
