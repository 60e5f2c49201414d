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
import * as Dice from "./Dice.ts"
import * as Drive from "./Drive.ts"
import * as Runner from "./Runner.ts"
import * as Sandbox from "./Sandbox.ts"
import * as Settings from "./Settings.ts"
import type { Store } from "./Store.ts"
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
  /** The figures of the same customers undisturbed; `null`: this is that month. */
  readonly calm: Verdict.Dispositions | null
}

export interface Month {
  readonly seed: number
  readonly struck: Strikes.Struck
  readonly verdict: Verdict.Verdict
  readonly figures: Verdict.Dispositions | null
  readonly seconds: number
}

/** The people are the same in every month of every campaign: only what strikes differs. */
const bankSeed = 5

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

/** Longer than a settle delay, a throttle and a dead runner's lease together. */
const recheckMs = 5000

/** What a runner may end with by itself: a database that does not answer, or a lock it must wait for. */
const isExpectedEnd = (said: string): boolean =>
  /Unavailable|in use by another process|CommitUnknown|Timeout/.test(said)

interface Cast {
  readonly runners: ReadonlyArray<Runner.Runner>
  readonly close: () => Promise<void>
  readonly config: string
}

const cast = async (
  options: MonthOptions,
  sandbox: Sandbox.Sandbox,
  strikes: Strikes.Strikes
): Promise<Cast> => {
  const runners: Array<Runner.Runner> = []
  const wires: Array<Wire.Wire> = []
  let config = ""
  for (let n = 0; n < options.runners; n++) {
    const hooks = strikes.hooks(() => runners[n] ?? idle)
    const bank = await Wire.open(sandbox.bank, hooks)
    const carrier = await Wire.open(sandbox.carrier, hooks)
    wires.push(bank, carrier)
    config = Settings.write({
      folder: options.folder,
      name: `runner-${n}`,
      database: options.store.settings,
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

/** Stands in until the runner of a wire is there: nothing asks before. */
const idle: Runner.Runner = {
  name: "nobody",
  kill: () => false,
  stop: () => false,
  resume: () => undefined,
  isStopped: () => false,
  isRunning: () => false,
  revive: () => null,
  heard: () => [],
  end: async () => undefined
}

const readReport = async (config: string): Promise<Verdict.Dispositions> => {
  const args = ["report", "--month", Settings.monthText, "--config", config]
  const { code, err, out } = await tidemark(args)
  if (code !== 0) throw new Error(`report: ${err}`)
  const report: { readonly delivery: { readonly dispositions: Verdict.Dispositions } } =
    JSON.parse(out)
  return report.delivery.dispositions
}

/** Lives one month to its final report, or until it is certain that it never comes. */
export const playMonth = async (options: MonthOptions): Promise<Month> => {
  const { calm, customers, folder, most, seed, store } = options
  const startedMs = performance.now()
  mkdirSync(folder, { recursive: true })
  const log = join(folder, "carrier-log.ndjson")
  rmSync(log, { force: true })
  const nowMs = DemoRun.beginningMs({
    month: Settings.month,
    customers,
    seed: bankSeed,
    directory: folder
  })
  const sandbox = await Sandbox.start({
    seed: bankSeed,
    customers,
    month: Settings.month,
    bankScript: DemoPlan.bankScript(Settings.month),
    carrierScript,
    log,
    nowMs
  })
  const dice = Dice.make(seed)
  const strikes = Strikes.make({ dice, store, most, leaseMs: Settings.short.leaseMs })
  const { close, config, runners } = await cast(options, sandbox, strikes)
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
        strikes.between(runner)
      },
      onEnd: (runner, said) => {
        if (!isExpectedEnd(said)) ends.push(`${runner.name} ended by itself: ${said.trim()}`)
      }
    })
    await driver.until(() => closed || ends.length > 10)
    strikes.cease()
  } finally {
    await close()
    await sandbox.close()
  }
  const figures = closed ? await readReport(config) : null
  const verdict = Verdict.of(log, figures, calm)
  return {
    seed,
    struck: strikes.struck,
    figures,
    verdict: { ...verdict, problems: [...verdict.problems, ...ends] },
    seconds: (performance.now() - startedMs) / 1000
  }
}

/** Nothing strikes. */
export const none: MonthOptions["most"] = { kill: 0, stop: 0, terminate: 0, crash: 0 }
