/**
 * A service a bank runs already: Express and its own pool. Tidemark is a few lines of it, over that
 * pool where there is a database, else embedded. Bank and carrier are a sandbox, in the process or
 * behind HTTP. examples/test/express.test.ts lives a month with it, and breaks it on the way.
 */
/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 hands rejections to `onError` */
import { InputError, type PolicyObject, Tidemark, TidemarkError } from "@tidemark/core"
import { SandboxHost } from "@tidemark/core/sandbox"
import { embedded, postgres } from "@tidemark/postgres"
import express from "express"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { Pool, type PoolClient } from "pg"
import { overHttp, type Sandbox } from "./http-sandbox.ts"

const { DATABASE_URL, DATABASE_SCHEMA: schema = "tidemark", SANDBOX_URL } = process.env
const connection = { connectionString: DATABASE_URL, max: 4, application_name: schema }
const pool = DATABASE_URL === undefined ? undefined : new Pool(connection)
// Without a listener the loss of an idle connection ends any process that uses pg.
pool?.on("error", (error) => console.error(error.message))
const sandbox: Sandbox =
  SANDBOX_URL === undefined
    ? SandboxHost.make({ month: "2026-09", customers: 30 })
    : overHttp(SANDBOX_URL)

const policy: PolicyObject = {
  message: { messageClass: "service", sender: { id: "Bank", canReceiveReplies: false } },
  delivery: JSON.parse(process.env["DELIVERY"] ?? "{}"),
  schedule: { startsOn: "2026-08-31" }
}
const tidemark = await Tidemark.open({
  program: "premium-retail",
  policy,
  store: pool === undefined ? embedded({ directory: "memory://" }) : postgres({ pool, schema }),
  balances: sandbox.balances,
  customers: sandbox.customers,
  carrier: sandbox.carrier,
  secrets: { clientReferenceKey: () => "07".repeat(32) }
})

/** The client's disconnection aborts what it asked for, between two batches. */
const signalOf = (response: express.Response): AbortSignal => {
  const aborted = new AbortController()
  response.on("close", () => aborted.abort())
  return aborted.signal
}

const app = express().use(express.json())

/** For a scheduler outside, such as cron. In production: no `now`, and a timer does as well. */
app.post("/tick", async (request, response) => {
  const { now } = request.body
  await sandbox.tell(now)
  response.json(await tidemark.tick({ now, signal: signalOf(response) }))
})

app.get("/months", async (_request, response) => {
  response.json(await tidemark.months())
})

app.get("/months/:month/report", async (request, response) => {
  response.json(await tidemark.report(request.params.month))
})

/** "Why did I not get it?" */
app.get("/customers/:id/months/:month", async (request, response) => {
  const { id, month } = request.params
  const explained = await tidemark.explain(id, month, { signal: signalOf(response) })
  if (explained === null) response.status(404).json({ code: "UNKNOWN_CUSTOMER_MONTH" })
  else response.json(explained)
})

/** Commits or rolls back as one; a client that broke is thrown away, and what it held with it. */
const inTransaction = async <A>(work: (tx?: PoolClient) => Promise<A>): Promise<A> => {
  const tx = await pool?.connect()
  tx?.on("error", (error) => console.error(error.message))
  try {
    await tx?.query("BEGIN")
    const result = await work(tx)
    await tx?.query("COMMIT")
    tx?.release()
    return result
  } catch (error) {
    tx?.release(true)
    throw error
  }
}

/** The approval and the service's own record of it commit together, where there is a pool. */
app.post("/months/:month/approvals", async (request, response) => {
  const approval = { ...request.body, month: request.params.month }
  const { now } = request.body
  response.json(await inTransaction(async (tx) => tidemark.approve(approval, { now, tx })))
})

const onError: express.ErrorRequestHandler = (error, _request, response, next) => {
  if (!(error instanceof TidemarkError)) return next(error)
  const status = error instanceof InputError ? 400 : error.retryable ? 503 : 409
  response.status(status).json({ code: error.code, problems: error.problems })
}
app.use(onError)
const server = app.listen(0, "127.0.0.1")
await once(server, "listening")
console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)

/** No new requests; what runs ends between two batches; then the pool, which is the service's. */
process.once("SIGTERM", async () => {
  server.close()
  await tidemark.close()
  await pool?.end()
  console.log("closed")
})
