import * as Cause from "effect/Cause"
import { assert, describe, it } from "vitest"
import * as Failures from "../../src/embed/Failures.ts"
import {
  BankError,
  CarrierError,
  SecretsError,
  StoreError,
  TidemarkError
} from "../../src/embed/TidemarkError.ts"
import { BalanceHistoryError } from "../../src/ports/BalanceHistory.ts"
import { ClosingBalancesError } from "../../src/ports/ClosingBalances.ts"
import { CustomersError } from "../../src/ports/Customers.ts"
import { ProgramStoreError } from "../../src/ports/ProgramStore.ts"
import * as Secrets from "../../src/ports/Secrets.ts"
import { SmsCarrierError } from "../../src/ports/SmsCarrier.ts"

const detail = "why"

/** The port's error, the class a host catches, its code and whether to try again. */
const table = [
  [new ProgramStoreError({ reason: "CommitUnknown", detail }), StoreError, true],
  [new ProgramStoreError({ reason: "ReadOnly", detail }), StoreError, false],
  [new ClosingBalancesError({ reason: "NotReady", detail }), BankError, true],
  [new CustomersError({ reason: "Unauthorized", detail }), BankError, false],
  [new BalanceHistoryError({ reason: "Timeout", detail }), BankError, true],
  [new SmsCarrierError({ reason: "Throttled", code: "429" }), CarrierError, true],
  [new Secrets.SecretsError({ reason: "Missing", detail }), SecretsError, false]
] as const

describe("what a host catches", () => {
  for (const [error, expected, retryable] of table) {
    const code = `${error._tag}.${error.reason}`
    it(`${code} is a ${expected.name}`, () => {
      const caught = Failures.ofCause(Cause.fail(error))
      assert.instanceOf(caught, TidemarkError)
      assert.include(caught, { code, retryable })
      assert.strictEqual(caught.constructor, expected)
    })
  }

  it("an interruption alone is an abortion, and one beside a failure is not", () => {
    assert.strictEqual(Failures.ofCause(Cause.interrupt(1)), "aborted")
    const both = Cause.combine(Cause.interrupt(1), Cause.fail(table[0][0]))
    assert.instanceOf(Failures.ofCause(both), StoreError)
  })

  it("anything else is a bug, told without what it says and with its cause", () => {
    const bug = new TypeError("balance 15000.00 is not a function")
    const caught = Failures.ofCause(Cause.die(bug))
    assert.instanceOf(caught, TidemarkError)
    const { cause, code, message } = caught
    assert.strictEqual(code, "TidemarkError.Internal")
    assert.notInclude(message, "15000")
    assert.strictEqual(cause, bug)
  })
})
