import { memory, Tidemark } from "@tidemark/core"
import { assert, describe, it } from "vitest"
import { beginMs, month, options, sandboxHost, type SandboxHost } from "./Host.ts"

/** Ticks until nothing more can happen now, then jumps business time; until the month is closed. */
export const passTheMonth = async (tidemark: Tidemark, host: SandboxHost): Promise<void> => {
  let nowMs = beginMs
  for (let jump = 0; jump < 2000; jump++) {
    host.tell(nowMs)
    const now = new Date(nowMs).toISOString()
    const report = await tidemark.tick({ now })
    if (report.done.length > 0 || report.more) continue
    const row = (await tidemark.months({ now })).find((known) => known.month === month)
    if (row?.status === "closed") return
    const wakeMs = Date.parse(report.nextWakeAt)
    if (report.recheck) await new Promise((resolve) => setTimeout(resolve, 50))
    nowMs = report.recheck ? Math.min(wakeMs, nowMs + 600_000) : wakeMs
  }
  assert.fail("the month does not end")
}

describe("a month by promises", () => {
  it("is captured, decided, sent, tracked and reported", async () => {
    const host = sandboxHost({})
    await using tidemark = await Tidemark.open({ ...options(host), store: memory() })
    await passTheMonth(tidemark, host)
    const report = await tidemark.report(month)
    assert.strictEqual(report.version, "final")
    const { delivered, population } = report.delivery.dispositions
    assert.strictEqual(population, 40)
    assert.isAbove(delivered, 10)
    assert.isTrue(report.conservation.every(({ holds }) => holds))
    assert.strictEqual(host.audit().duplicates, 0)
    const explained = await tidemark.explain("C-0000001", month)
    assert.include(["Qualified", "NotQualified"], explained?.outcome)
    assert.strictEqual(explained?.days.length, 30)
    assert.isNull(await tidemark.explain("C-unknown", month))
  })
})
