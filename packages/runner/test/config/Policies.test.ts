/** A policy that was changed in the settings while the program worked under it. */
import { ProgramStore, Secrets } from "@tidemark/core/effect"
import { CalendarMonth } from "@tidemark/core/rules"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { assert, describe, it } from "vitest"
import * as Composition from "../../src/Composition.ts"
import * as DemoPlan from "../../src/demo/DemoPlan.ts"
import { inFolder } from "../commands/Tidemark.ts"

const month = CalendarMonth.parse("2026-09") ?? assert.fail("no month")

describe("the policies of the settings", () => {
  it("are kept at the start, and one in force is never changed afterwards", () =>
    inFolder((directory) =>
      Effect.gen(function* () {
        const verbs = yield* ProgramStore
        const settings = DemoPlan.settings(
          DemoPlan.options({ customers: 100, month, seed: 1, directory }),
          { bank: "http://127.0.0.1:9", carrier: "http://127.0.0.1:9" }
        )
        const stores = Layer.merge(
          Layer.succeed(ProgramStore, verbs),
          Secrets.layerMemory(new Uint8Array(32))
        )
        const start = (over: typeof settings) =>
          Effect.scoped(Layer.build(Composition.layerOver(over, stores)))
        yield* start(settings)
        const [policy] = settings.policies
        const { effectiveFrom, hash, text } = policy
        assert.deepStrictEqual(yield* verbs.policyRow({ hash }), { effectiveFrom, hash, text })
        yield* verbs.completeMonth({ month, nowMs: 0 })
        yield* start(settings)
        const changed = { ...policy, hash: "another", text: `${text} ` }
        const error = yield* Effect.flip(start({ ...settings, policies: [changed] }))
        assert.match(String(error), new RegExp(`the policy from ${effectiveFrom} is in force`))
      }).pipe(
        Effect.provide(ProgramStore.layerMemory({ program: "premium-retail" })),
        Effect.runPromise
      )
    ))
})
