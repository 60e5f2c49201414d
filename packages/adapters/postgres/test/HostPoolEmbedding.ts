/** A program as a bank's service embeds it, over a host's pool, and what the tests do to it. */
import { type OpenOptions, type PolicyObject, type Tidemark, TidemarkError } from "@tidemark/core"
import type { SandboxHost } from "@tidemark/core/sandbox"
import { setTimeout } from "node:timers/promises"
import type { Pool } from "pg"
import { postgres } from "../src/stores.ts"

export const month = "2026-09"
const program = "embedded"

/** Process-time constants small enough that a lease is over within a test. */
export const policy: PolicyObject = {
  qualification: { approval: "automatic" },
  message: { messageClass: "service", sender: { id: "Bank", canReceiveReplies: false } },
  delivery: { leaseMs: 2000, requestDeadlineMs: 500, marginMs: 500, networkLifetimeMs: 100 },
  schedule: { startsOn: "2026-08-31" }
}

export const openOptions = (
  pool: Pool,
  schema: string,
  host: Pick<SandboxHost.SandboxHost, "balances" | "carrier" | "customers">
): OpenOptions => ({
  program,
  policy,
  store: postgres({ pool, schema }),
  balances: host.balances,
  customers: host.customers,
  carrier: host.carrier,
  secrets: { clientReferenceKey: () => "07".repeat(32) },
  timeoutMs: 2000
})

/** Months are long and leases of runs two minutes: a test does not wait for the dead. */
export const voidRunLeases = (pool: Pool, schema: string) =>
  pool.query(`UPDATE "${schema}".run SET lease_until = clock_timestamp() WHERE finished_at IS NULL`)

export interface Living {
  readonly tidemark: Tidemark
  readonly from: string
  readonly tell: (now: string) => unknown
  /** Ends a tick as a client that goes away would. */
  readonly signalOf?: (tick: number) => AbortSignal | undefined
  /** After a tick that failed. */
  readonly recover: () => Promise<unknown>
}

/** Ticks and jumps until the month is closed; a failed tick is told by its code and tried again. */
export const live = async (living: Living): Promise<ReadonlyArray<string>> => {
  const { recover, signalOf, tell, tidemark } = living
  const failures: Array<string> = []
  let now = living.from
  for (let tick = 0; tick < 3000; tick++) {
    await tell(now)
    try {
      const { done, more, nextWakeAt, recheck } = await tidemark.tick({
        now,
        signal: signalOf?.(tick)
      })
      if (done.length > 0 || more) continue
      const row = (await tidemark.months({ now })).find((known) => known.month === month)
      if (row?.status === "closed") return failures
      if (recheck) await setTimeout(50)
      const soon = new Date(Date.parse(now) + 600_000).toISOString()
      now = recheck && soon < nextWakeAt ? soon : nextWakeAt
    } catch (error) {
      if (!(error instanceof TidemarkError) || !error.retryable) throw error
      failures.push(error.code)
      await recover()
    }
  }
  throw new Error("the month does not end")
}
