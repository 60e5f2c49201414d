/** A bank's own table of balances, and programs that capture it or read it. */
import {
  type HostBalance,
  type HostHistory,
  type HostMonthBalance,
  memory,
  type OpenOptions,
  Tidemark,
  TidemarkError
} from "@tidemark/core"
import type { SandboxHost } from "@tidemark/core/sandbox"
import { month, options, policy, sandbox } from "./Host.ts"

export const monthEnd = "2026-09-30T23:30:00.000Z"
export const cutOff = "2026-10-05T06:00:00.000Z"
export const customers = 60

type Row = HostMonthBalance & { readonly revision: number }

/** The bank's table: rows are added, never changed; a correction has a higher revision. */
export const makeTable = () => {
  const rows = new Map<string, ReadonlyArray<Row>>()
  const asked: Array<number> = []
  const write = (row: Row): void => {
    rows.set(row.accountId, [row, ...(rows.get(row.accountId) ?? [])])
  }
  const history = {
    monthBalances: ({
      accountIds,
      last
    }: {
      readonly accountIds: ReadonlyArray<string>
      readonly last: string
    }) => {
      asked.push(accountIds.length)
      const all = accountIds.flatMap((accountId) => rows.get(accountId) ?? [])
      return all.filter((row) => row.businessDate <= last)
    }
  }
  return { asked, history, rows, write }
}

type Table = ReturnType<typeof makeTable>

/** As the feed is, but for a day that misses and a day with two amounts, of one account in ten. */
const untidy = (date: string, balances: ReadonlyArray<HostBalance>): ReadonlyArray<HostBalance> =>
  balances.flatMap((balance) => {
    const isOf = (digit: string) => balance.accountId.slice(0, -2).endsWith(digit)
    if (date === "2026-09-15" && isOf("5")) return []
    if (date === "2026-09-16" && isOf("7")) return [balance, { ...balance, amount: "15000.01" }]
    return [balance]
  })

/** A program that captures the sandbox's feed, and the table of all it was given. */
export const capturing = async (of: Partial<SandboxHost.SandboxHostOptions>, policyOf = policy) => {
  const host = sandbox(of)
  host.tell(cutOff)
  const table = makeTable()
  const tidemark = await Tidemark.open({
    ...options(host),
    store: memory(),
    policy: policyOf,
    balances: {
      page: async (date, cursor, signal) => {
        const page = await host.balances.page(date, cursor, signal)
        const balances = untidy(date, page.balances)
        for (const { accountId, amount = "" } of balances) {
          table.write({ accountId, businessDate: date, amount, revision: 1 })
        }
        return { ...page, balances, controlTotals: null }
      }
    }
  })
  await tidemark.tick({ now: cutOff, roles: ["capture", "qualify"] })
  return { table, tidemark }
}

/** A program of the same people that reads the table. */
export const reading = (
  host: SandboxHost.SandboxHost,
  { history }: { readonly history: HostHistory },
  more: Partial<OpenOptions> = {}
) => {
  const { balances: _fed, ...rest } = options(host)
  return Tidemark.open({ ...rest, store: memory(), ...more, history })
}

const ids = Array.from({ length: customers }, (_, n) => `C-${String(n + 1).padStart(7, "0")}`)

export const everybody = async (tidemark: Tidemark) =>
  Promise.all(ids.map((id) => tidemark.explain(id, month)))

type Explained = Awaited<ReturnType<typeof everybody>>[number]

/** What a decision is made of; balances are shown only where they were captured. */
export const decisionOf = (explained: Explained) =>
  explained && {
    outcome: explained.outcome,
    reasons: explained.reasons,
    days: explained.days.map(({ date, derived, state }) => `${date} ${state} ${derived}`),
    evidenceHash: explained.evidenceHash,
    reach: explained.reach
  }

export const monthRow = async (tidemark: Tidemark, now: string) =>
  (await tidemark.months({ now })).find((row) => row.month === month)

/** Everybody's table is whole and well above the threshold, but for what a test takes out. */
export const wholeTable = async (): Promise<Table> => {
  const { table, tidemark } = await capturing({ customers })
  await tidemark.close()
  const whole = makeTable()
  for (const [accountId] of table.rows) {
    for (let day = 0; day <= 30; day++) {
      const businessDate = day === 0 ? "2026-08-31" : `${month}-${String(day).padStart(2, "0")}`
      whole.write({ accountId, businessDate, amount: "20000.00", revision: 1 })
    }
  }
  return whole
}

export const first = "C-0000001"
const firstAccount = "A-0000001-1"
export const without = (table: Table, businessDate: string): void => {
  const kept = table.rows.get(firstAccount)?.filter((row) => row.businessDate !== businessDate)
  table.rows.set(firstAccount, kept ?? [])
}
export const late = { accountId: firstAccount, businessDate: "2026-09-10", amount: "20000.00" }

export const outcomeOf = async (tidemark: Tidemark, id = first) => {
  const found = await tidemark.explain(id, month)
  return `${found?.outcome} ${found?.notification?.state ?? "no message"}`
}

export const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => "done",
    (error: unknown) => (error instanceof TidemarkError ? error.code : String(error))
  )
