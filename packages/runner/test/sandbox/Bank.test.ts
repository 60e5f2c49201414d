import { CalendarMonth } from "@tidemark/core/rules"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { startBank } from "../../src/sandbox/Bank.ts"

const months = [CalendarMonth.parse("2026-09") ?? assert.fail("no month")]
const date = "2026-09-03"

describe("the sandbox bank", () => {
  it("is told business time, and closes the books by it", () =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const { url } = yield* startBank({ months })
          const status = (path: string, init?: RequestInit) =>
            Effect.promise(async () => (await fetch(`${url}${path}`, init)).status)
          const tell = (body: unknown) =>
            status("/sandbox/clock", { method: "PUT", body: JSON.stringify(body) })
          const page = `/v1/closing-balances?date=${date}`
          assert.strictEqual(yield* tell({ now: `${date}T09:00:00Z` }), 200)
          assert.strictEqual(yield* status(page), 409)
          assert.strictEqual(yield* tell({ now: `${date}T15:30:00Z` }), 200)
          assert.strictEqual(yield* status(page), 200)
          assert.strictEqual(yield* tell({ now: "soon" }), 400)
          assert.strictEqual(yield* status("/sandbox/clock"), 200)
        })
      )
    ))

  it("refuses what is not in its contract", () =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const { url } = yield* startBank({ months, token: "secret" })
          for (const [method, path, token, body, status] of [
            ["GET", "/v1/customers?month=2026-09", "wrong", null, 401],
            ["GET", "/v1/customers?month=2026-9", "secret", null, 400],
            ["GET", "/v1/closing-balances", "secret", null, 400],
            ["POST", "/v1/customers/contact", "secret", "[]", 400],
            ["POST", "/v1/customers/permissions", "secret", '{"customerIds":[7]}', 400],
            ["DELETE", "/v1/customers", "secret", null, 404],
            ["POST", "/v1/customers/contact", "secret", `"${"x".repeat(9_000_000)}"`, 413]
          ] as const) {
            const headers = { authorization: `Bearer ${token}` }
            const answer = yield* Effect.promise(() =>
              fetch(`${url}${path}`, { method, headers, body })
            )
            assert.strictEqual(answer.status, status, `${method} ${path}`)
          }
        })
      )
    ))
})
