import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as Faults from "../../src/testing/Faults.ts"

/** A port of one method that counts what it did. */
const counter = () => {
  let done = 0
  return {
    name: "counter",
    add: (by: number) => Effect.sync(() => (done += by)),
    done: () => Effect.sync(() => done)
  }
}
const refused = () => "refused"

describe("Faults.port", () => {
  it("does nothing and fails, does it and loses the answer, or never answers", async () => {
    for (const [kind, done] of [
      ["fail", 0],
      ["lose", 2]
    ] as const) {
      const port = Faults.port(counter(), Faults.nth("add", 1, kind), refused)
      assert.strictEqual(port.name, "counter")
      const exit = await Effect.runPromiseExit(port.add(2))
      assert.deepStrictEqual<unknown>(exit, Exit.fail("refused"))
      assert.strictEqual(await Effect.runPromise(port.done()), done)
      assert.strictEqual(await Effect.runPromise(port.add(3)), done + 3)
    }
    const hanging = Faults.port(counter(), Faults.nth("add", 1, "hang"), refused)
    const fiber = Effect.runFork(hanging.add(2))
    assert.strictEqual(await Effect.runPromise(hanging.done()), 0)
    assert.isUndefined(fiber.pollUnsafe())
    await Effect.runPromise(Fiber.interrupt(fiber))
  })
})

describe("Faults.host", () => {
  it("does the same to async functions", async () => {
    const calls: Array<number> = []
    const functions = { submit: async (n: number) => calls.push(n), account: "a" }
    const plan = Faults.either(Faults.nth("submit", 1, "fail"), Faults.nth("submit", 2, "lose"))
    const host = Faults.host(functions, plan, () => new Error("gone"))
    assert.strictEqual(host.account, "a")
    for (const [n, done] of [
      [1, []],
      [2, [2]]
    ] as const) {
      const error = await host.submit(n).then(
        () => null,
        (cause: unknown) => cause
      )
      assert.instanceOf(error, Error)
      assert.deepStrictEqual(calls, [...done])
    }
    assert.strictEqual(await host.submit(3), 2)
    const never = Faults.host(functions, Faults.nth("submit", 1, "hang"), refused)
    const first = await Promise.race([never.submit(9), Promise.resolve("still waiting")])
    assert.strictEqual(first, "still waiting")
    assert.notInclude(calls, 9)
  })
})

/** **Source** — quality, Kinds of test (simulation): deterministic, seeded, fault-injecting */
describe("for every seed and share of faults", () => {
  // Caught: the call left out of the choice, so that one method always failed or never did.
  it("always chooses the same faults, about as many as asked for, and only of the kinds", () => {
    const share = fc.constantFrom(0, 0.1, 0.5, 1)
    fc.assert(
      fc.property(fc.integer(), share, (seed, share) => {
        const [plan, again] = [Faults.seeded(seed, share), Faults.seeded(seed, share)]
        let found = 0
        for (let call = 1; call <= 400; call++) {
          const kind = plan("submit", call)
          assert.strictEqual(again("submit", call), kind)
          if (kind === undefined) continue
          assert.include(["fail", "lose"], kind)
          found++
        }
        assert.isAtLeast(found, 400 * share * 0.5)
        assert.isAtMost(found, 400 * Math.min(1, share * 1.9))
      })
    )
  })
})
