import { assert, describe, it } from "vitest"
import * as Msisdn from "../../src/recipient/Msisdn.ts"
import * as RecipientPolicy from "../../src/recipient/RecipientPolicy.ts"

describe("RecipientPolicy.DEFAULTS", () => {
  it("is an Israeli bank's, and leaves kosher ranges to the carrier", () => {
    assert.strictEqual(RecipientPolicy.DEFAULTS.region, Msisdn.DEFAULT_REGION)
    assert.isFalse(RecipientPolicy.DEFAULTS.excludeKosher)
    assert.isNull(RecipientPolicy.DEFAULTS.kosherPrefixes)
  })

  it("survives being stored as bytes", () => {
    const bytes = JSON.stringify(RecipientPolicy.DEFAULTS)
    assert.deepStrictEqual(JSON.parse(bytes), RecipientPolicy.DEFAULTS)
  })
})
