/** Months decided straight from a table of the bank's own, beside the same months captured. */
import { type HostMonthBalance, memory, Tidemark, TidemarkError } from "@tidemark/core"
import { SandboxHost } from "@tidemark/core/sandbox"
import { assert, describe, it } from "vitest"
import { month, options, policy, sandbox } from "./Host.ts"
import {
  capturing,
  codeOf,
  customers,
  cutOff,
  decisionOf,
  everybody,
  makeTable,
  monthEnd,
  monthRow,
  reading
} from "./OwnTable.ts"

describe("a bank's own table", () => {
  for (const accounts of ["primaryAccount", "anyAccount", "sumOfAccounts"] as const) {
    // Caught: two amounts of one revision taken for one; only the first account of each asked for.
    it(`decides as captured balances do, by ${accounts}, hash by hash`, async () => {
      const rule = { ...policy, qualification: { ...policy.qualification, accounts } }
      const { table, tidemark: captured } = await capturing({ customers, pageSize: 7 }, rule)
      const read = await reading(sandbox({ customers, pageSize: 7 }), table, { policy: rule })
      const { done } = await read.tick({ now: cutOff, roles: ["capture", "qualify"] })
      assert.deepEqual(done, [{ work: "qualify", subject: month, count: customers }])
      const [left, right] = [await everybody(captured), await everybody(read)]
      assert.deepEqual(right.map(decisionOf), left.map(decisionOf))
      const reasons = new Set(right.flatMap((found) => found?.reasons.map(({ code }) => code)))
      const wanted = ["MET_EVERY_DAY", "BELOW_THRESHOLD", "DAYS_MISSING", "NOT_FULL_MONTH"]
      assert.includeMembers([...reasons], wanted)
      const [one, other] = [await monthRow(captured, cutOff), await monthRow(read, cutOff)]
      assert.strictEqual(other?.hash, one?.hash)
      await captured.close()
      await read.close()
    })
  }

  it("is asked by the page of customers, and nothing of it is kept", async () => {
    const { table, tidemark } = await capturing({ customers })
    await tidemark.close()
    const host = sandbox({ customers, pageSize: 7 })
    await using read = await reading(host, table)
    const report = await SandboxHost.passMonth(read, { host, month, from: monthEnd })
    assert.isAtMost(Math.max(...table.asked), 2 * 7)
    assert.isTrue(report.conservation.every(({ holds }) => holds))
    assert.isAbove(report.delivery.dispositions.delivered, 10)
    assert.strictEqual(host.audit().duplicates, 0)
    const shown = (await everybody(read)).flatMap((found) => found?.days ?? [])
    assert.isTrue(shown.every(({ balances }) => balances.length === 0))
  })
})

describe("opening over a bank's own table", () => {
  it("captures nothing, by name neither", async () => {
    await using tidemark = await reading(sandbox(), makeTable())
    const call = tidemark.capture("2026-09-02", { now: cutOff })
    assert.strictEqual(await codeOf(call), "RefusedError.NothingCaptured")
  })

  it("refuses both sources, none, and a history of no function", async () => {
    const host = sandbox()
    const { balances, ...rest } = options(host)
    const { history } = makeTable()
    const store = memory()
    const problems = async (more: object) => {
      const opened = Tidemark.open({ ...rest, store, ...more })
      const error: unknown = await opened.catch((cause: unknown) => cause)
      assert.instanceOf(error, TidemarkError)
      return error.problems.map(({ path }) => path)
    }
    assert.deepEqual(await problems({ balances, history }), ["history"])
    assert.deepEqual(await problems({}), ["balances.page"])
    assert.deepEqual(await problems({ history: {} }), ["history"])
  })

  it("decides nobody by a row nobody can read, and quotes none of it", async () => {
    const lines: Array<string> = []
    const log = (message: string, fields: object) => {
      lines.push(message + JSON.stringify(fields))
    }
    const rows: ReadonlyArray<HostMonthBalance> = [
      { accountId: "", businessDate: "2026-09-01", amount: "7.13" },
      { accountId: "A", businessDate: "1 September", amount: "7.13" },
      { accountId: "A", businessDate: "2026-09-01", amount: "7.131" },
      { accountId: "A", businessDate: "2026-09-01", amount: "7.13", revision: 0.5 }
    ]
    for (const row of rows) {
      await using tidemark = await reading(
        sandbox(),
        { history: { monthBalances: () => [row] } },
        { logger: { debug: log, info: log, warn: log, error: log } }
      )
      const { done } = await tidemark.tick({ now: cutOff })
      assert.deepEqual(done, [])
    }
    assert.strictEqual(lines.filter((line) => line.includes("Malformed")).length, 4)
    assert.notMatch(lines.join(), /7\.13|September/)
  })
})
