/** A month decided once, whose store is copied for everything that begins there. */
import { cpSync, mkdirSync, mkdtempSync } from "node:fs"
import { join } from "node:path"
import * as DemoRun from "../../src/demo/DemoRun.ts"
import * as Drive from "./Drive.ts"
import * as Runner from "./Runner.ts"
import * as Sandbox from "./Sandbox.ts"
import * as Settings from "./Settings.ts"
import * as Store from "./Store.ts"

export interface BaseOptions {
  readonly folder: string
  /** `null`: the embedded store. */
  readonly server: Store.Server | null
  readonly seed: number
  readonly customers: number
  readonly timing: Settings.Timing | undefined
  /** Faults of the bank; by default none. */
  readonly bankScript?: Sandbox.SandboxOptions["bankScript"]
}

/** A month decided and not yet released, to be copied. */
export interface Base {
  readonly store: Store.Store
  /** Business time at which the month stands in the store. */
  readonly nowMs: number
  /** A copy, with its folder. */
  readonly copy: () => Promise<{ readonly folder: string; readonly store: Store.Store }>
}

/** Captures and decides the month once. */
export const prepare = async (options: BaseOptions): Promise<Base> => {
  const { customers, folder, seed, server } = options
  const home = join(folder, "base")
  mkdirSync(home, { recursive: true })
  const store = server === null ? Store.embedded(home) : await Store.postgres(server)
  const beginMs = DemoRun.beginningMs({ month: Settings.month, customers, seed, directory: home })
  const sandbox = await Sandbox.start({
    seed,
    customers,
    month: Settings.month,
    bankScript: options.bankScript ?? [],
    carrierScript: [],
    log: join(home, "carrier-log.ndjson"),
    nowMs: beginMs
  })
  const config = Settings.write({
    folder: home,
    name: "base",
    database: store.settings,
    bank: sandbox.bank,
    carrier: sandbox.carrier,
    timing: options.timing,
    maxBatch: 100
  })
  const follow = ["--config", config, "--business-clock", sandbox.carrier]
  const roles = ["--roles", "capture,qualify"]
  const runner = Runner.start("base", ["serve", "--json", ...follow, ...roles])
  let decided = false
  const ends: Array<string> = []
  const driver = Drive.make({
    sandbox,
    runners: [runner],
    lastMs: beginMs + 60 * 86_400_000,
    recheckMs: 1000,
    slowJumpMs: 10 * 60_000,
    onLine: (line) => {
      if (line.done.some(({ work }) => work === "qualify")) decided = true
    },
    onEnd: (_runner, said) => void ends.push(said)
  })
  await driver.until(() => decided || ends.length > 0)
  await runner.end()
  const nowMs = sandbox.nowMs()
  await sandbox.close()
  if (!decided) throw new Error(`the month is not decided: ${ends.join("; ")}`)
  return {
    store,
    nowMs,
    copy: async () => {
      const copy = mkdtempSync(join(folder, "copy-"))
      if (server !== null) return { folder: copy, store: await Store.postgres(server, store) }
      cpSync(join(home, "embedded"), join(copy, "embedded"), { recursive: true })
      return { folder: copy, store: Store.embedded(copy) }
    }
  }
}
