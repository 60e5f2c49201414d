/**
 * The service of examples/express.ts as a process of its own, the sandbox bank and carrier behind
 * HTTP in this one: a month in peace, then with its connections cut, its clients gone, its process
 * killed. The judge is the carrier's own log. On the server of TIDEMARK_TEST_DATABASE_URL; without
 * one, the month in peace alone, embedded.
 */
import type { MonthlyReport, MonthSummary, TickReport } from "@tidemark/core"
import { SandboxHost } from "@tidemark/core/sandbox"
import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import type { Server } from "node:http"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { Pool } from "pg"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { serve } from "../http-sandbox.ts"

const url = process.env["TIDEMARK_TEST_DATABASE_URL"]
const servers = url === undefined ? [] : [url]
if (url === undefined) {
  console.warn("examples/express.ts: 3 faults not tried, no TIDEMARK_TEST_DATABASE_URL")
}

const month = "2026-09"
/** The month is over: its thirty captures are one tick. */
const begins = "2026-10-01T06:00:00.000Z"
const customers = 40
/** Process-time constants small enough that a lease is over within a test. */
const delivery = { leaseMs: 2000, requestDeadlineMs: 500, marginMs: 500, networkLifetimeMs: 100 }

let host: SandboxHost.SandboxHost
let sandbox: { readonly server: Server; readonly url: string }
/** What happens after the sandbox has done a piece of work, and before it says so. */
let met: (path: string) => Promise<unknown> | void
let schema: string
let service: Service
const children: Array<ChildProcess> = []

interface Service {
  readonly child: ChildProcess
  readonly url: string
  readonly output: () => string
}

const start = async (): Promise<Service> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../express.ts")], {
    env: {
      ...process.env,
      ...(url === undefined ? {} : { DATABASE_URL: url }),
      DATABASE_SCHEMA: schema,
      SANDBOX_URL: sandbox.url,
      DELIVERY: JSON.stringify(delivery)
    },
    stdio: ["ignore", "pipe", "pipe"]
  })
  children.push(child)
  let output = ""
  let errors = ""
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()))
  const listening = new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString()
      const [, address] = /^listening on (\S+)$/m.exec(output) ?? []
      if (address !== undefined) resolve(address)
    })
    child.once("exit", () => reject(new Error(errors)))
  })
  return { child, url: await listening, output: () => output }
}

beforeEach(async () => {
  met = () => {}
  schema = `express_${randomBytes(6).toString("hex")}`
  host = SandboxHost.make({ month, customers, pageSize: 15 })
  sandbox = await serve(host, (path) => met(path))
  service = await start()
}, 120_000)

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL")
  sandbox.server.closeAllConnections()
  sandbox.server.close()
  if (url === undefined) return
  const pool = new Pool({ connectionString: url, max: 1 })
  await pool.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`)
  await pool.end()
})

const call = async (path: string, body?: object, signal?: AbortSignal) => {
  const headers = { "content-type": "application/json" }
  const init = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) }
  const response = await fetch(service.url + path, { ...init, signal: signal ?? null })
  return { status: response.status, text: await response.text() }
}

/** Both people approve what they have looked at. */
const approve = async (row: MonthSummary, now: string) => {
  const by = row.approvedBy.length === 0 ? "dana" : "noa"
  const path = `/months/${month}/approvals`
  const { status, text } = await call(path, { by, hash: row.hash, now })
  return `${by}: ${status} ${String(JSON.parse(text))}`
}

interface Living {
  /** Ends a tick as a client that goes away would. */
  readonly signalOf?: () => AbortSignal
  /** After a call that failed: the next one must find the same work. */
  readonly recover?: () => Promise<unknown>
}

/** Asks for tick after tick, and jumps business time when nothing is left, until the month closes. */
const live = async ({ recover, signalOf }: Living = {}) => {
  const approvals: Array<string> = []
  let failures = 0
  let now = begins
  for (let tick = 0; tick < 2000; tick++) {
    try {
      const ticked = await call("/tick", { now }, signalOf?.())
      if (ticked.status !== 200) throw new Error(`HTTP ${ticked.status}`)
      const { done, more, nextWakeAt, recheck }: TickReport = JSON.parse(ticked.text)
      if (done.length > 0 || more) continue
      const rows: ReadonlyArray<MonthSummary> = JSON.parse((await call("/months")).text)
      const row = rows.find((known) => known.month === month)
      if (row?.status === "closed") return { approvals, failures }
      if (row?.status === "decided" && row.approvedBy.length < 2) {
        approvals.push(await approve(row, now))
        continue
      }
      if (recheck) await setTimeout(50)
      const soon = new Date(Date.parse(now) + 600_000).toISOString()
      now = recheck && soon < nextWakeAt ? soon : nextWakeAt
    } catch {
      failures++
      await recover?.()
    }
  }
  throw new Error("the month does not end")
}

/** Nobody is lost, nobody gets two: the report's totals, and the carrier's own log. */
const holds = async (): Promise<void> => {
  const { text } = await call(`/months/${month}/report`)
  const report: MonthlyReport = JSON.parse(text)
  const { delivered, pending, population } = report.delivery.dispositions
  assert.isTrue(report.conservation.every((law) => law.holds))
  assert.strictEqual(report.version, "final")
  assert.strictEqual(population, customers)
  assert.isAbove(delivered, 10)
  assert.strictEqual(pending, 0)
  const { accepted, duplicates, repeated } = host.audit()
  assert.isAtLeast(accepted, delivered)
  assert.strictEqual(duplicates, 0)
  assert.deepEqual(repeated, [])
}

describe("examples/express.ts", () => {
  it("lives a month, answers its clients, and ends when it is asked to", async () => {
    const { approvals, failures } = await live()
    assert.deepEqual(approvals, ["dana: 200 needsSecondPerson", "noa: 200 approved"])
    assert.strictEqual(failures, 0)
    await holds()
    const statusOf = async (path: string) => (await call(path)).status
    assert.strictEqual(await statusOf(`/customers/C-0000001/months/${month}`), 200)
    assert.strictEqual(await statusOf(`/customers/nobody/months/${month}`), 404)
    assert.strictEqual(await statusOf("/customers/C-0000001/months/2026-13"), 400)
    service.child.kill("SIGTERM")
    assert.deepEqual(await once(service.child, "exit"), [0, null])
    assert.match(service.output(), /closed\n$/)
  }, 120_000)
})

for (const server of servers) {
  describe("examples/express.ts in trouble", () => {
    let admin: Pool
    beforeEach(() => {
      admin = new Pool({ connectionString: server, max: 1 })
    })
    afterEach(() => admin.end())

    /** Leases of runs take two minutes of real time: a test does not wait for the dead. */
    const recover = () =>
      admin.query(
        `UPDATE "${schema}".run SET lease_until = clock_timestamp() WHERE finished_at IS NULL`
      )

    const cut = () =>
      admin.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
        [schema]
      )

    // Caught: no listener on the service's pool.
    it("has its connections killed in the middle of ticks", async () => {
      let calls = 0
      let cuts = 0
      met = async () => {
        calls++
        if (calls % 9 !== 0) return
        cuts++
        await cut()
      }
      const { approvals, failures } = await live({ recover })
      met = () => {}
      assert.isAbove(cuts, 5)
      assert.isAbove(failures, 0)
      assert.isAtLeast(approvals.length, 2)
      await holds()
      assert.strictEqual(service.child.exitCode, null, "the very process that began")
    }, 120_000)

    it("loses the clients that asked for ticks", async () => {
      let calls = 0
      let submissions = 0
      let client = new AbortController()
      met = (path) => {
        calls++
        if (path === "carrier.submit") submissions++
        if (calls % 11 === 0 || (path === "carrier.submit" && submissions === 1)) client.abort()
      }
      const signalOf = () => {
        client = new AbortController()
        return client.signal
      }
      const { failures } = await live({ signalOf, recover })
      assert.isAbove(failures, 5)
      await holds()
    }, 120_000)

    /** Kills the process that asks, after the work is done and before it learns of it. */
    const killAt = new Map([
      ["balances.page", 5],
      ["customers.active", 2],
      ["carrier.submit", 1],
      ["carrier.lookup", 1]
    ])

    it("is killed in the middle of ticks, and the next process goes on", async () => {
      const seen = new Map<string, number>()
      let kills = 0
      met = (path) => {
        seen.set(path, (seen.get(path) ?? 0) + 1)
        if (killAt.get(path) !== seen.get(path)) return
        kills++
        service.child.kill("SIGKILL")
      }
      const restart = async () => {
        if (service.child.signalCode === null && service.child.exitCode === null) {
          await Promise.race([once(service.child, "exit"), setTimeout(500)])
        }
        if (service.child.signalCode !== null) service = await start()
        await recover()
      }
      const { failures } = await live({ recover: restart })
      assert.strictEqual(kills, killAt.size)
      assert.isAtLeast(failures, kills)
      await holds()
    }, 120_000)
  })
}
