/** What happens to a service, on the server of TIDEMARK_TEST_DATABASE_URL. */
import { type HostCarrier, type MonthlyReport, Tidemark } from "@tidemark/core"
import { SandboxHost } from "@tidemark/core/sandbox"
import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Pool } from "pg"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { postgres } from "../src/stores.ts"
import { databaseUrl } from "./Database.ts"
import { kinds, openHostPool } from "./HostPoolDatabase.ts"
import { live, month, openOptions, policy, voidRunLeases } from "./HostPoolEmbedding.ts"

const servers = databaseUrl === undefined ? [] : [databaseUrl]
if (servers.length === 0) {
  console.warn("embedding over a host's pool: 2 checks not run, no TIDEMARK_TEST_DATABASE_URL")
}

const from = `${month}-01T06:00:00.000Z`
const customers = 60

/** Nobody is lost, nobody gets two: the report's totals, and the carrier's own log. */
const holds = (report: MonthlyReport, host: SandboxHost.SandboxHost): void => {
  const { population, delivered, pending } = report.delivery.dispositions
  assert.isTrue(report.conservation.every((law) => law.holds))
  assert.strictEqual(report.version, "final")
  assert.strictEqual(population, customers)
  assert.isAbove(delivered, 20)
  assert.strictEqual(pending, 0)
  assert.strictEqual(host.audit().duplicates, 0)
  assert.deepEqual(host.audit().repeated, [])
}

for (const kind of kinds) {
  describe(`a program over a host's pool on ${kind}`, () => {
    it("approves in the host's transaction, or not at all", async () => {
      const host = SandboxHost.make({ month, customers: 20 })
      const { close, pool, schema } = await openHostPool(kind)
      const options = openOptions(pool, schema, host)
      const tidemark = await Tidemark.open({
        ...options,
        policy: { ...policy, qualification: { approval: "twoPeople" } }
      })
      const now = "2026-10-05T06:00:00.000Z"
      host.tell(now)
      await tidemark.tick({ now })
      const known = async () => (await tidemark.months({ now })).find((row) => row.month === month)
      const approval = { month, hash: (await known())?.hash ?? "" }
      const tx = await pool.connect()
      await tx.query("BEGIN")
      const first = await tidemark.approve({ ...approval, by: "dana" }, { now, tx })
      await tx.query("ROLLBACK; BEGIN")
      const again = await tidemark.approve({ ...approval, by: "noa" }, { now, tx })
      await tx.query("COMMIT")
      const refused = await tidemark.approve({ ...approval, by: "dana" }, { now, tx }).then(
        () => "approved",
        (error: { readonly code: string }) => error.code
      )
      tx.release()
      assert.deepEqual([first, again], ["needsSecondPerson", "needsSecondPerson"])
      assert.strictEqual(refused, "InputError.Invalid")
      assert.deepEqual((await known())?.approvedBy, ["noa"])
      await tidemark.close()
      await close()
    }, 60_000)

    it("is aborted by its clients again and again", async () => {
      const host = SandboxHost.make({ month, customers, pageSize: 20 })
      const { close, pool, schema } = await openHostPool(kind)
      const tidemark = await Tidemark.open(openOptions(pool, schema, host))
      const failures = await live({
        tidemark,
        from,
        tell: host.tell,
        signalOf: (tick) => (tick % 3 === 0 ? AbortSignal.timeout(1 + (tick % 29)) : undefined),
        recover: () => voidRunLeases(pool, schema)
      })
      const report = await tidemark.report(month)
      await tidemark.close()
      assert.isAbove(failures.length, 5)
      assert.deepEqual([...new Set(failures)], ["AbortedError.Aborted"])
      holds(report, host)
      assert.strictEqual(pool.idleCount, pool.totalCount)
      await close()
    }, 120_000)
  })
}

for (const url of servers) {
  describe("a program whose connections or process die", () => {
    let pool: Pool
    let schema: string
    let host: SandboxHost.SandboxHost
    const name = `host_${randomBytes(4).toString("hex")}`
    beforeEach(() => {
      schema = `test_${randomBytes(6).toString("hex")}`
      pool = new Pool({ connectionString: url, max: 4, application_name: name })
      // A host listens to its pool; without it the loss of an idle connection ends any process.
      pool.on("error", () => {})
      host = SandboxHost.make({ month, customers, pageSize: 20 })
    })
    afterEach(async () => {
      await pool.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`)
      await pool.end()
    })

    // Caught: the witness file of the host's pool forgotten on its way to the store.
    it("sends nothing once its witness knows another life of the database", async () => {
      const folder = await mkdtemp(join(tmpdir(), "tidemark-host-witness-"))
      const witnessFile = join(folder, "witness")
      const options = {
        ...openOptions(pool, schema, host),
        store: postgres({ pool, schema, witnessFile })
      }
      const now = "2026-10-05T06:00:00.000Z"
      host.tell(now)
      const first = await Tidemark.open(options)
      await first.months({ now })
      await first.close()
      const known: { readonly number: number } = JSON.parse(await readFile(witnessFile, "utf8"))
      await writeFile(witnessFile, JSON.stringify({ ...known, number: known.number + 1 }))
      const second = await Tidemark.open(options)
      const outcome = await second.tick({ now }).then(
        () => "ticked",
        (error: { readonly code: string }) => error.code
      )
      await second.close()
      await rm(folder, { recursive: true })
      assert.strictEqual(outcome, "ProgramStoreError.Restored")
      assert.strictEqual(host.audit().accepted, 0)
    }, 60_000)

    it("loses its connections in the middle of ticks, and loses nothing else", async () => {
      const admin = new Pool({ connectionString: url, max: 1 })
      let calls = 0
      /** Before every seventh answer of the bank or carrier every connection of the pool dies. */
      const cutting =
        <A extends ReadonlyArray<unknown>, B>(work: (...args: A) => B | Promise<B>) =>
        async (...args: A): Promise<B> => {
          const answer = await work(...args)
          calls++
          if (calls % 7 === 0) {
            await admin.query(
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
              [name]
            )
          }
          return answer
        }
      const { lookup } = host.carrier
      const carrier: HostCarrier = {
        ...host.carrier,
        submit: cutting(host.carrier.submit),
        receipts: cutting(host.carrier.receipts),
        ...(lookup === undefined ? {} : { lookup: cutting(lookup) })
      }
      const balances = { page: cutting(host.balances.page) }
      const tidemark = await Tidemark.open({
        ...openOptions(pool, schema, host),
        balances,
        carrier
      })
      // In the middle of statements and commits too, not only while the host is asked.
      const interval = setInterval(() => {
        void admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE application_name = $1 AND state <> 'idle'`,
          [name]
        )
      }, 173)
      const failures = await live({
        tidemark,
        from,
        tell: host.tell,
        recover: () => voidRunLeases(admin, schema)
      })
      clearInterval(interval)
      const report = await tidemark.report(month)
      await tidemark.close()
      await admin.end()
      assert.isAbove(failures.length, 0)
      for (const code of failures) assert.match(code, /^ProgramStoreError\./)
      holds(report, host)
    }, 120_000)

    /** Kills the process that asks, after the work is done and before it learns of it. */
    const killAt = new Map([
      ["balances.page", 5],
      ["customers.active", 2],
      ["carrier.submit", 1],
      ["carrier.lookup", 1]
    ])

    it("is killed in the middle of ticks, and the next process goes on", async () => {
      let now = from
      let child: ChildProcess | undefined
      let kills = 0
      const seen = new Map<string, number>()
      const { signal } = new AbortController()
      const answer = async (path: string, args: ReadonlyArray<never>): Promise<unknown> => {
        if (path === "tell") {
          now = String(args[0])
          return host.tell(now)
        }
        const [port = "", verb = ""] = path.split(".")
        const result: unknown = await Reflect.get(Reflect.get(host, port), verb)(...args, signal)
        seen.set(path, (seen.get(path) ?? 0) + 1)
        if (killAt.get(path) === seen.get(path)) {
          kills++
          child?.kill("SIGKILL")
        }
        return result
      }
      const server = await served(answer)
      const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      let output = ""
      for (let start = 0; start < 8 && output !== "closed\n"; start++) {
        const entry = join(import.meta.dirname, "hostPoolProcess.ts")
        child = spawn(process.execPath, [entry, url, schema, base, now])
        output = await ended(child)
      }
      server.close()
      assert.strictEqual(output, "closed\n")
      assert.strictEqual(kills, killAt.size)
      const tidemark = await Tidemark.open(openOptions(pool, schema, host))
      const report = await tidemark.report(month)
      await tidemark.close()
      holds(report, host)
    }, 120_000)
  })
}

const served = async (
  answer: (path: string, args: ReadonlyArray<never>) => Promise<unknown>
): Promise<Server> => {
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      answer(request.url?.slice(1) ?? "", JSON.parse(Buffer.concat(chunks).toString())).then(
        (body) => response.end(JSON.stringify(body ?? null, withoutTotals)),
        () => response.writeHead(500).end()
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return server
}

/** JSON has no bigint, and the totals are not what is tested. */
const withoutTotals = (key: string, value: unknown): unknown =>
  key === "controlTotals" ? null : value

const ended = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    let output = ""
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.stderr?.on("data", (chunk: Buffer) => process.stderr.write(chunk))
    child.on("close", () => resolve(output))
  })
