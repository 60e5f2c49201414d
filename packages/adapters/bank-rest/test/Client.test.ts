import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { ClosingBalances, Customers } from "@tidemark/core/effect"
import { BusinessDate, CalendarMonth } from "@tidemark/core/rules"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { assert, describe, it } from "vitest"
import * as bankRest from "../src/index.ts"

interface Answer {
  readonly status: number
  readonly body: string
}

/** A bank that gives these answers in turn, the last one for ever. */
const bank = (answers: ReadonlyArray<Answer>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const requests: Array<{
        readonly method: string
        readonly url: string
        readonly auth: string
      }> = []
      const server = createServer((request, response) => {
        request.resume()
        const { method = "", url = "", headers } = request
        requests.push({ method, url, auth: headers.authorization ?? "" })
        const answer = answers[Math.min(requests.length, answers.length) - 1]
        response.writeHead(answer?.status ?? 500, { location: "/elsewhere" }).end(answer?.body)
      })
      await new Promise<void>((resolve) => {
        server.listen(0, "127.0.0.1", resolve)
      })
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/core/`
      return { server, url, requests }
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )

const ports = (answers: ReadonlyArray<Answer>, mostAnswerBytes = 100_000) =>
  Effect.gen(function* () {
    const { url, requests } = yield* bank(answers)
    const options = {
      url,
      retryDelayMs: 1,
      retries: 3,
      token: Redacted.make("t0ken"),
      mostAnswerBytes
    }
    const context = yield* Layer.build(bankRest.layer(options))
    return {
      balances: Context.get(context, ClosingBalances),
      customers: Context.get(context, Customers),
      requests
    }
  })

const run = <A, E>(program: Effect.Effect<A, E>) => Effect.runPromise(program)
const date = BusinessDate.parse("2026-09-03") ?? assert.fail("no date")
const month = CalendarMonth.parse("2026-09") ?? assert.fail("no month")

const page = (change: object = {}): Answer => ({
  status: 200,
  body: JSON.stringify({
    businessDate: date,
    items: [],
    nextCursor: null,
    controlTotals: null,
    ...change
  })
})

const customersPage = (ids: ReadonlyArray<string>, nextCursor: string | null = null): Answer => ({
  status: 200,
  body: JSON.stringify({
    customers: ids.map((customerId) => ({ customerId, accounts: [] })),
    nextCursor
  })
})

describe("bank-rest", () => {
  for (const [status, requests] of [
    [500, 4],
    [503, 4],
    [429, 4],
    [400, 1],
    [401, 1],
    [404, 1],
    [302, 1]
  ] as const) {
    it(`asks a GET answered ${status} ${requests} times in all`, () =>
      run(
        Effect.scoped(
          Effect.gen(function* () {
            const port = yield* ports([{ status, body: "" }])
            yield* Effect.flip(port.balances.page(date, null))
            assert.lengthOf(port.requests, requests)
          })
        )
      ))
  }

  it("gives the page once the failure has passed, and shows its token each time", () =>
    run(
      Effect.scoped(
        Effect.gen(function* () {
          const port = yield* ports([{ status: 503, body: "" }, { status: 503, body: "" }, page()])
          const { balances } = yield* port.balances.page(date, "a b/ü")
          assert.deepStrictEqual(balances, [])
          assert.lengthOf(port.requests, 3)
          for (const { auth, url } of port.requests) {
            assert.strictEqual(auth, "Bearer t0ken")
            assert.isTrue(url.startsWith("/core/v1/closing-balances?date=2026-09-03&cursor=a+b%2F"))
          }
        })
      )
    ))

  it("never asks a POST again", () =>
    run(
      Effect.scoped(
        Effect.gen(function* () {
          const port = yield* ports([{ status: 503, body: "" }])
          yield* Effect.flip(port.customers.contact(["C-1"]))
          yield* Effect.flip(port.customers.mayContact(["C-1"]))
          assert.deepStrictEqual(
            port.requests.map(({ method }) => method),
            ["POST", "POST"]
          )
        })
      )
    ))

  for (const [what, answer] of [
    ["no JSON", { status: 200, body: "<html>" }],
    ["empty", { status: 200, body: "" }],
    ["a page without items", page({ items: undefined })],
    ["a page of another date", page({ businessDate: "2026-09-04" })],
    ["control totals with a number", page({ controlTotals: { count: 1, sum: 1 } })],
    ["control totals that are not exact", page({ controlTotals: { count: 1, sum: "1e3" } })],
    ["a count below zero", page({ controlTotals: { count: -1, sum: "0.00" } })],
    ["larger than allowed", page({ filler: "x".repeat(200_000) })]
  ] as const) {
    it(`calls an answer malformed that is ${what}`, () =>
      run(
        Effect.scoped(
          Effect.gen(function* () {
            const port = yield* ports([answer])
            const error = yield* Effect.flip(port.balances.page(date, null))
            assert.strictEqual(error.reason, "Malformed")
            assert.lengthOf(port.requests, 1)
          })
        )
      ))
  }

  it("refuses customers out of order, repeated, or behind a cursor that leads to itself", () =>
    run(
      Effect.scoped(
        Effect.gen(function* () {
          for (const [answer, cursor] of [
            [customersPage(["C-2", "C-1"]), null],
            [customersPage(["C-1", "C-1"]), null],
            [customersPage(["C-1"], "here"), "here"]
          ] as const) {
            const port = yield* ports([answer])
            const error = yield* Effect.flip(port.customers.active(month, cursor))
            assert.strictEqual(error.reason, "Malformed")
          }
        })
      )
    ))

  it("takes two different answers about one customer for no answer", () =>
    run(
      Effect.scoped(
        Effect.gen(function* () {
          const yes = (customerId: string) => ({ customerId, mayContact: true, consentKnown: true })
          const no = {
            customerId: "C-1",
            mayContact: false,
            kind: "suppressed",
            reason: "OPTED_OUT"
          }
          const permissions = [yes("C-1"), no, yes("C-2"), yes("C-2"), yes("C-9")]
          const port = yield* ports([{ status: 200, body: JSON.stringify({ permissions }) }])
          const answers = yield* port.customers.mayContact(["C-1", "C-2"])
          assert.deepStrictEqual(answers, [
            { _tag: "MayContact", customerId: "C-2", consentKnown: true }
          ])
        })
      )
    ))

  it("never shows its token in an error", () =>
    run(
      Effect.scoped(
        Effect.gen(function* () {
          const port = yield* ports([{ status: 401, body: '{"code":"UNAUTHORIZED"}' }])
          const error = yield* Effect.flip(port.balances.page(date, null))
          assert.strictEqual(error.reason, "Unauthorized")
          assert.notInclude(
            `${error.message} ${JSON.stringify(error)} ${String(error.stack)}`,
            "t0ken"
          )
        })
      )
    ))
})
