import { assert, describe, it } from "vitest"
import { acceptance, refuseRealCarrierOnEmbedded } from "../src/refuseRealCarrier.ts"

const real = { isSandbox: false }
const sandbox = { isSandbox: true }

describe("a real carrier", () => {
  it("is refused on the embedded store unless that is accepted in words", () => {
    const refusal = refuseRealCarrierOnEmbedded({ store: "embedded", carrier: real })
    assert.include(refusal?.detail, acceptance)
    for (const accepted of ["yes", "true", acceptance.toUpperCase()]) {
      assert.isDefined(refuseRealCarrierOnEmbedded({ store: "embedded", carrier: real, accepted }))
    }
    const accepted = `${acceptance} `
    assert.isUndefined(refuseRealCarrierOnEmbedded({ store: "embedded", carrier: real, accepted }))
  })

  it("is taken on a server, and a sandbox anywhere", () => {
    assert.isUndefined(refuseRealCarrierOnEmbedded({ store: "postgres", carrier: real }))
    assert.isUndefined(refuseRealCarrierOnEmbedded({ store: "embedded", carrier: sandbox }))
  })
})
