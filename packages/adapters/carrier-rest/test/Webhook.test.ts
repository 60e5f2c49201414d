import { createHmac } from "node:crypto"
import * as Redacted from "effect/Redacted"
import { assert, describe, it } from "vitest"
import * as Webhook from "../src/Webhook.ts"

const key = Buffer.alloc(32, 7)
const secret = Redacted.make(`whsec_${key.toString("base64")}`)
const other = Redacted.make(`whsec_${Buffer.alloc(32, 8).toString("base64")}`)
const nowMs = 1_791_180_000_000
const id = "wh_1"
const timestamp = String(nowMs / 1000)

const receipt = {
  reference: "r1",
  id: "m1",
  state: "delivered",
  part: 1,
  parts: null,
  code: null,
  at: "2026-10-05T09:00:00.000Z"
}
const body = Buffer.from(JSON.stringify({ receipts: [receipt] }))

const sign = (bytes: Uint8Array, at = timestamp, secretKey = key) =>
  `v1,${createHmac("sha256", secretKey)
    .update(Buffer.concat([Buffer.from(`${id}.${at}.`), bytes]))
    .digest("base64")}`

const headers = (signature: string, at = timestamp) => ({
  "webhook-id": id,
  "webhook-timestamp": at,
  "webhook-signature": signature
})

const receive = (
  signature = sign(body),
  bytes: Uint8Array = body,
  at = timestamp,
  secrets = [secret]
) => Webhook.receive(secrets, headers(signature, at), bytes, nowMs)

describe("Webhook (Standard Webhooks 1.0)", () => {
  it("takes a signed push and gives its reports with their digests", () => {
    const result = receive()
    if (result._tag !== "Receipts") return assert.fail(result._tag)
    assert.strictEqual(result.id, id)
    const [report] = result.reports
    assert.strictEqual(report?.receipt.state, "delivered")
    assert.strictEqual(report?.reference, "r1")
    assert.match(report?.digest ?? "", /^[0-9a-f]{64}$/)
  })

  it("gives the same digest whatever the order of the fields", () => {
    const turned = Buffer.from(
      JSON.stringify({ receipts: [Object.fromEntries(Object.entries(receipt).toReversed())] })
    )
    const first = receive()
    const second = receive(sign(turned), turned)
    assert.isTrue(first._tag === "Receipts" && second._tag === "Receipts")
    if (first._tag === "Receipts" && second._tag === "Receipts") {
      assert.strictEqual(first.reports[0]?.digest, second.reports[0]?.digest)
    }
  })

  it("refuses a body with any one bit turned", () => {
    const signature = sign(body)
    for (let index = 0; index < body.length * 8; index++) {
      const turned = Buffer.from(body)
      turned[index >> 3] = (turned[index >> 3] ?? 0) ^ (1 << (index & 7))
      const result = receive(signature, turned)
      assert.deepStrictEqual(result, { _tag: "Refused", reason: "BAD_SIGNATURE" })
    }
  })

  it("refuses the same JSON written anew: the raw bytes are what is signed", () => {
    const anew = Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1))
    assert.strictEqual(receive(sign(body), anew)._tag, "Refused")
  })

  for (const [seconds, tag] of [
    [0, "Receipts"],
    [299, "Receipts"],
    [300, "Receipts"],
    [301, "Refused"],
    [-300, "Receipts"],
    [-301, "Refused"]
  ] as const) {
    it(`gives ${tag} for a timestamp ${seconds} s away`, () => {
      const at = String(nowMs / 1000 - seconds)
      assert.strictEqual(receive(sign(body, at), body, at)._tag, tag)
    })
  }

  it("takes any of several secrets and any of several signatures", () => {
    assert.strictEqual(receive(sign(body), body, timestamp, [other, secret])._tag, "Receipts")
    const several = `v1a,AAAA v1,${Buffer.alloc(32).toString("base64")} ${sign(body)}`
    assert.strictEqual(receive(several)._tag, "Receipts")
    assert.strictEqual(receive(sign(body), body, timestamp, [other])._tag, "Refused")
  })

  it("refuses everything without a secret, or with one too short to be one", () => {
    const short = Redacted.make(`whsec_${Buffer.alloc(23).toString("base64")}`)
    for (const secrets of [[], [short], [Redacted.make("")]]) {
      const result = receive(sign(body), body, timestamp, secrets)
      assert.deepStrictEqual(result, { _tag: "Refused", reason: "NO_SECRET" })
    }
  })

  it("refuses a push that lacks a header, has one twice, or a timestamp that is none", () => {
    for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"] as const) {
      for (const value of [undefined, "", ["a", "b"]]) {
        const given = { ...headers(sign(body)), [name]: value }
        const result = Webhook.receive([secret], given, body, nowMs)
        assert.deepStrictEqual(result, { _tag: "Refused", reason: "MISSING_HEADER" })
      }
    }
    const result = receive(sign(body, "1e9"), body, "1e9")
    assert.deepStrictEqual(result, { _tag: "Refused", reason: "BAD_TIMESTAMP" })
  })

  it("calls a signed body that is no list of receipts malformed", () => {
    for (const text of ["", "[]", "{}", '{"receipts":[{"state":"delivered"}]}', "<html>"]) {
      const bytes = Buffer.from(text)
      assert.deepStrictEqual(receive(sign(bytes), bytes), { _tag: "Malformed", id })
    }
  })
})
