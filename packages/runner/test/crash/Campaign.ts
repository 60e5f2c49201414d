/**
 * A campaign: whole months lived by real `serve` processes against real HTTP servers and a real
 * store, while they are killed, put to sleep past their leases and cut off from their database.
 *
 * **Source** — fault list 4.3; delivery protocol part 1; reference, level 4 of the simulator.
 */
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import * as DemoPlan from "../../src/demo/DemoPlan.ts"
import * as DemoRun from "../../src/demo/DemoRun.ts"
import { tidemark } from "../commands/Tidemark.ts"
import * as Base from "./Base.ts"
import * as Dice from "./Dice.ts"
import * as Drive from "./Drive.ts"
import * as Restoring from "./Restoring.ts"
import * as Runner from "./Runner.ts"
import * as Sandbox from "./Sandbox.ts"
import * as Settings from "./Settings.ts"
import type { Backup, Store } from "./Store.ts"
import * as Strikes from "./Strikes.ts"
import * as Verdict from "./Verdict.ts"
import * as Wire from "./Wire.ts"

export interface MonthOptions {
  readonly folder: string
  readonly seed: number
  readonly customers: number
  readonly runners: number
  readonly store: Store
  readonly most: Strikes.StrikeOptions["most"]
  /** So many of them at most while the month is captured. */
  readonly early: number
  /** The instant at which the month in the store is decided; `null`: an empty store. */
  readonly decidedMs: number | null
  /** The database is dumped while messages are sent, and put back. PostgreSQL, from its beginning. */
  readonly restores: boolean
  /** The figures of the same customers undisturbed, by the end; of `null`: this is that month. */
  readonly calm: Promise<Verdict.Dispositions | null>
}

export interface Month {
  readonly seed: number
  readonly struck: Strikes.Struck
  readonly verdict: Verdict.Verdict
  readonly figures: Verdict.Dispositions | null
  readonly seconds: number
  /** Messages the carrier had accepted that a restored database knew nothing of. */
  readonly forgotten: number
}

/** The people are the same in every month of every campaign: only what strikes differs. */
const bankSeed = 5

const bankScript = DemoPlan.bankScript(Settings.month)

/** The month of these customers decided undisturbed, to begin months with. */
export const prepare = (
  options: Pick<MonthOptions, "customers" | "folder"> & Pick<Base.BaseOptions, "server">
): Promise<Base.Base> =>
  Base.prepare({ ...options, seed: bankSeed, timing: Settings.short, bankScript })

/** Faults of the carrier on top of ours: the first request is taken and never answered. */
const carrierScript: Parameters<typeof Sandbox.start>[0]["carrierScript"] = [
  { on: "submit", kind: "timeout-after-accept", nth: 1 },
  { on: "submit", kind: "5xx-after-accept", nth: 4 },
  { on: "submit", kind: "429", nth: 6, retryAfterSeconds: 1 },
  { on: "message", kind: "refuse-invalid-number", share: 0.03 },
  { on: "receipt", kind: "absent-subscriber", share: 0.1 },
  { on: "receipt", kind: "duplicate", share: 0.2 },
  { on: "receipt", kind: "out-of-order", share: 0.1 },
  { on: "lookup", kind: "5xx", nth: 1 }
]

/** Far behind the last instant at which a message of the month may be open. */
const afterwardsMs = 60 * 86_400_000

/** A dead runner's lease, and the settle delay after it. */
const recheckMs =
  Settings.short.leaseMs + Settings.short.requestDeadlineMs + Settings.short.networkLifetimeMs

/** What a runner may end with by itself: a database that does not answer, or a lock it must wait for. */
const isExpectedEnd = (said: string): boolean =>
  /Unavailable|in use by another process|CommitUnknown|Timeout|Restored/.test(said)

interface Cast {
  readonly runners: ReadonlyArray<Runner.Runner>
  readonly close: () => Promise<void>
  readonly config: string
}

const cast = async (
  options: MonthOptions,
  sandbox: Sandbox.Sandbox,
  strikes: Strikes.Strikes,
  restoring: Restoring.Restoring | undefined
): Promise<Cast> => {
  const { folder, restores, store } = options
  const runners: Array<Runner.Runner> = []
  const witnessFile = join(folder, "witness")
  // That of the month before knows another database, in which nothing would ever be sent.
  rmSync(witnessFile, { force: true })
  const witness = restores ? { WitnessFile: witnessFile } : {}
  const wires: Array<Wire.Wire> = []
  let config = ""
  for (let n = 0; n < options.runners; n++) {
    const hooks = strikes.hooks(() => runners[n] ?? Runner.idle)
    const bank = await Wire.open(sandbox.bank, hooks)
    const carrier = await Wire.open(sandbox.carrier, restoring?.around(hooks) ?? hooks)
    wires.push(bank, carrier)
    config = Settings.write({
      folder,
      name: `runner-${n}`,
      database: { ...store.settings, ...witness },
      bank: bank.url,
      carrier: carrier.url,
      timing: Settings.short,
      maxBatch: 8
    })
    const follow = ["--business-clock", sandbox.carrier]
    runners.push(Runner.start(`runner ${n}`, ["serve", "--json", "--config", config, ...follow]))
  }
  const close = async () => {
    await Promise.all(runners.map((runner) => runner.end()))
    await Promise.all(wires.map((wire) => wire.close()))
  }
  return { runners, close, config }
}

const readReport = async (config: string): Promise<Verdict.Dispositions> => {
  const args = ["report", "--month", Settings.monthText, "--config", config]
  const { code, err, out } = await tidemark(args)
  if (code !== 0) throw new Error(`report: ${err}`)
  const report: { readonly delivery: { readonly dispositions: Verdict.Dispositions } } =
    JSON.parse(out)
  return report.delivery.dispositions
}

const backupOf = ({ backup }: Store): Backup => {
  if (backup === undefined) throw new Error("restores need a PostgreSQL")
  return backup
}

/** Lives one month to its final report, or until it is certain that it never comes. */
export const playMonth = async (options: MonthOptions): Promise<Month> => {
  const { calm, customers, early, folder, most, seed, store } = options
  const startedMs = performance.now()
  mkdirSync(folder, { recursive: true })
  const log = join(folder, "carrier-log.ndjson")
  rmSync(log, { force: true })
  const demo = { month: Settings.month, customers, seed: bankSeed, directory: folder }
  const nowMs = options.decidedMs ?? DemoRun.beginningMs(demo)
  const sandbox = await Sandbox.start({
    seed: bankSeed,
    customers,
    month: Settings.month,
    bankScript,
    carrierScript,
    log,
    nowMs
  })
  const dice = Dice.make(seed)
  const strikes = Strikes.make({ dice, store, most, early, leaseMs: Settings.short.leaseMs })
  if (options.decidedMs !== null) strikes.decided()
  let all: Cast | undefined
  const restoring = options.restores
    ? Restoring.make({
        dice,
        folder,
        backup: backupOf(store),
        log,
        runners: () => all?.runners ?? [],
        config: () => all?.config ?? "",
        nowMs: sandbox.nowMs
      })
    : undefined
  all = await cast(options, sandbox, strikes, restoring)
  const { close, config, runners } = all
  const ends: Array<string> = []
  let closed = false
  try {
    const driver = Drive.make({
      sandbox,
      runners,
      lastMs: nowMs + afterwardsMs,
      recheckMs,
      slowJumpMs: 10 * 60_000,
      onLine: (line, runner) => {
        const isFinal = (done: Runner.Line["done"][number]) =>
          done.work === "report" && done.subject === `${Settings.monthText} final`
        if (line.done.some(isFinal)) closed = true
        if (line.done.some(({ work }) => work === "qualify")) strikes.decided()
        strikes.between(runner)
      },
      onEnd: (runner, said) => {
        if (!isExpectedEnd(said)) ends.push(`${runner.name} ended by itself: ${said.trim()}`)
      }
    })
    const isRestored = () => restoring?.isOver() ?? true
    await driver.until(() => (closed && isRestored()) || ends.length > 10)
    strikes.cease()
  } finally {
    await close()
    await sandbox.close()
  }
  const figures = closed ? await readReport(config) : null
  const verdict = Verdict.of(log, figures, await calm)
  return {
    seed,
    struck: strikes.struck,
    figures,
    verdict: {
      ...verdict,
      problems: [...verdict.problems, ...ends, ...(restoring?.problems ?? [])]
    },
    forgotten: restoring?.forgotten() ?? 0,
    seconds: (performance.now() - startedMs) / 1000
  }
}

/** Nothing strikes. */
export const none: MonthOptions["most"] = { kill: 0, stop: 0, terminate: 0, crash: 0 }
