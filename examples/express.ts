/**
 * A service a bank runs already: Express, its own pool, its own timer. Tidemark is a few lines of
 * it, over that pool where there is a database, else embedded. Bank and carrier are a sandbox.
 */
/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 hands rejections to `onError` */
import { InputError, Tidemark, TidemarkError } from "@tidemark/core"
import { SandboxHost } from "@tidemark/core/sandbox"
import { embedded, postgres } from "@tidemark/postgres"
import express from "express"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { setTimeout } from "node:timers/promises"
import { Pool } from "pg"

const { TIDEMARK_TEST_DATABASE_URL: url, EXAMPLE_SCHEMA: schema = "tidemark" } = process.env
const pool = url === undefined ? undefined : new Pool({ connectionString: url, max: 4 })
const month = "2026-09"
const clock = { now: `${month}-01T06:00:00.000Z` }
const { audit, balances, carrier, customers, tell } = SandboxHost.make({ month, customers: 30 })

await using tidemark = await Tidemark.open({
  program: "premium-retail",
  policy: {
    message: { messageClass: "service", sender: { id: "Bank", canReceiveReplies: false } },
    schedule: { startsOn: "2026-08-31" }
  },
  store: pool === undefined ? embedded({ directory: "memory://" }) : postgres({ pool, schema }),
  balances,
  customers,
  carrier,
  secrets: { clientReferenceKey: () => "07".repeat(32) }
})

const app = express().use(express.json())

/** "Why did I not get it?": the client's disconnection aborts the question. */
app.get("/customers/:id/months/:month", async (request, response) => {
  const aborted = new AbortController()
  response.on("close", () => aborted.abort())
  const explained = await tidemark.explain(request.params.id, request.params.month, {
    signal: aborted.signal
  })
  if (explained === null) response.status(404).json({ code: "UNKNOWN_CUSTOMER_MONTH" })
  else response.json(explained)
})

/** The approval and the service's own record of it commit together, where there is a pool. */
app.post("/months/:month/approvals", async (request, response) => {
  const approval = { ...request.body, month: request.params.month }
  const tx = await pool?.connect()
  try {
    await tx?.query("BEGIN")
    const outcome = await tidemark.approve(approval, { now: clock.now, tx })
    await tx?.query("COMMIT")
    response.json({ outcome })
  } catch (error) {
    await tx?.query("ROLLBACK")
    throw error
  } finally {
    tx?.release()
  }
})

const onError: express.ErrorRequestHandler = (error, _request, response, next) => {
  if (!(error instanceof TidemarkError)) return next(error)
  const status = error instanceof InputError ? 400 : error.retryable ? 503 : 409
  response.status(status).json({ code: error.code, problems: error.problems })
}
app.use(onError)
const server = app.listen(0, "127.0.0.1")
await once(server, "listening")
const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const call = async (path: string, body?: unknown) => {
  const headers = { "content-type": "application/json" }
  const init = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) }
  const response = await fetch(api + path, init)
  const answer = (await response.json()) as Record<string, unknown>
  return { status: response.status, answer }
}
// The service's own scheduler. In production: no `now`, and a timer set to `nextWakeAt`.
for (;;) {
  tell(clock.now)
  const { done, nextWakeAt, recheck } = await tidemark.tick({ now: clock.now })
  const row = (await tidemark.months({ now: clock.now })).find((known) => known.month === month)
  if (row?.status === "closed") break
  if (row?.status === "decided" && row.approvedBy.length < 2) {
    const by = row.approvedBy.length === 0 ? "dana" : "noa"
    const { answer, status } = await call(`/months/${month}/approvals`, { by, hash: row.hash })
    console.log(`approval by ${by}: ${status} ${String(answer["outcome"])}`)
  } else if (recheck) await setTimeout(50)
  if (done.length === 0) clock.now = nextWakeAt
}
const { delivered, qualified } = (await tidemark.report(month)).delivery.dispositions
console.log(`${month}: ${delivered} of ${qualified} delivered, duplicates ${audit().duplicates}`)
const one = await call(`/customers/C-0000001/months/${month}`)
console.log(`C-0000001: ${one.status} ${String(one.answer["outcome"])}`)
const wrong = await call("/customers/C-0000001/months/2026-13")
console.log(`a month that does not exist: ${wrong.status} ${String(wrong.answer["code"])}`)
server.close()
if (pool !== undefined) await pool.query(`DROP SCHEMA "${schema}" CASCADE`)
