/**
 * `npm run sim`: lives simulated years and says what it saw. A failing year is shrunk and printed
 * as a plan that `--plan FILE` lives again.
 *
 * Options: `--level 1` the rules alone, `--level 2` (default) the real workflows over the memory
 * store; `--seed N` the first seed (default 1), `--years N` how many (default 20), `--customers N`
 * per year (default 50 and 20), `--plan FILE` one plan of level 2 instead of seeds; `--record FILE`
 * appends what this range of seeds added up to, `--sum FILE` sums such ranges; `--minutes N` ends a
 * range before its time is over, after a whole year.
 *
 * A range or a sum of 150 seeds must have taken each row of the delivery tables and, at level 1,
 * met each kind of fault; at level 2 that takes 1,000. Otherwise it fails.
 */
import { readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import * as Schema from "effect/Schema"
import * as Delivery from "../src/delivery/Delivery.ts"
import { runRules } from "../src/testing/ruleSimulator/RunRules.ts"
import { faultKinds } from "../src/testing/ruleSimulator/Strikes.ts"
import { audit, type Violation } from "../src/testing/simulator/Auditor.ts"
import { run } from "../src/testing/simulator/Run.ts"
import { nameOf, SimulationPlan } from "../src/testing/simulator/SimulationPlan.ts"
import { shrink } from "../src/testing/simulator/Shrink.ts"
import * as SwarmPlan from "../src/testing/simulator/SwarmPlan.ts"
import * as TableRows from "../src/testing/simulator/TableRows.ts"
import * as Campaign from "./Campaign.ts"

const { values } = parseArgs({
  options: {
    level: { type: "string", default: "2" },
    seed: { type: "string", default: "1" },
    years: { type: "string", default: "20" },
    customers: { type: "string" },
    plan: { type: "string" },
    record: { type: "string" },
    minutes: { type: "string" },
    sum: { type: "string" }
  }
})

const whole = (name: "seed" | "years" | "customers" | "minutes", otherwise?: number): number => {
  const number = Number(values[name] ?? otherwise)
  if (Number.isSafeInteger(number) && number > 0) return number
  process.stderr.write(`sim: --${name}: expected a whole number above 0\n`)
  return process.exit(2)
}

const judge = (plan: SimulationPlan): ReadonlyArray<Violation> => audit(run(plan))

const tellFailure = (plan: SimulationPlan, violations: ReadonlyArray<Violation>): void => {
  tellViolations(violations)
  console.log("  shrinking …")
  const small = shrink(plan, judge)
  console.log(`  smallest plan: ${small.faults.map(nameOf).join("; ") || "no fault at all"}`)
  console.log(JSON.stringify(small))
}

/** One plan from a file: the same year again. */
const replay = (file: string): number => {
  const plan = Schema.decodeUnknownSync(Schema.fromJsonString(SimulationPlan))(
    readFileSync(file, "utf8")
  )
  const violations = judge(plan)
  console.log(violations.length === 0 ? "nothing violated" : "violated:")
  for (const violation of violations) console.log(`  ${JSON.stringify(violation)}`)
  return violations.length === 0 ? 0 : 1
}

/** What the seeds lived so far add up to. */
interface Lived {
  years: number
  customerMonths: number
  faults: number
  accepted: number
  readonly failing: Array<number>
  readonly kinds: Record<string, number>
  readonly rows: Record<string, number>
}

const addKinds = (totals: Lived, struck: ReadonlyMap<string, number>): void => {
  Campaign.addCounts(totals.kinds, struck)
  for (const count of struck.values()) totals.faults += count
}

const tellViolations = (violations: ReadonlyArray<Violation>): void => {
  for (const { customer, detail, invariant, month, what } of violations.slice(0, 5)) {
    console.log(`  invariant ${invariant}: ${what} (customer ${customer}, ${month}) ${detail}`)
  }
}

/** A year of the rules alone. */
const liveRules = (seed: number, customers: number, totals: Lived, watches: boolean): void => {
  const rows = new Map<string, number>()
  const rules = watches ? { step: TableRows.watched(Delivery.step, rows) } : {}
  const lived = runRules(seed, { customers, rules })
  Campaign.addCounts(totals.rows, rows)
  totals.years += monthsAYear / 12
  totals.customerMonths += lived.customerMonths
  totals.accepted += lived.accepted
  addKinds(totals, lived.struck)
  if (lived.violations.length === 0) return
  totals.failing.push(seed)
  console.log(`seed ${seed}: npm run sim -- --level 1 --seed ${seed} --years 1`)
  tellViolations(lived.violations)
}

/** Thirteen, so that a year's end and both changes of the clock are inside. */
const monthsAYear = SwarmPlan.defaults.months

const liveYear = (seed: number, customers: number, totals: Lived): void => {
  const plan = SwarmPlan.ofSeed(seed, { ...SwarmPlan.defaults, customers })
  const lived = run(plan)
  totals.years += plan.months / 12
  totals.customerMonths += plan.customers * plan.months
  for (const line of lived.log) if (line.t === "accepted") totals.accepted++
  addKinds(totals, lived.struck)
  Campaign.addCounts(totals.rows, lived.rows)
  const violations = audit(lived)
  if (violations.length === 0) return
  totals.failing.push(seed)
  console.log(`seed ${seed} (${plan.carrierClass}): npm run sim -- --seed ${seed} --years 1`)
  tellFailure(plan, violations)
}

/** Counting the rows of the tables takes longer than the rules themselves. */
const watchedSeeds = 500

const live = (): number => {
  const level = values.level === "1" ? 1 : 2
  const first = whole("seed")
  const most = whole("years")
  const untilMs = performance.now() + whole("minutes", 1_000_000) * 60_000
  const customers = whole("customers", level === 1 ? 50 : SwarmPlan.defaults.customers)
  const lived: Lived = {
    years: 0,
    customerMonths: 0,
    faults: 0,
    accepted: 0,
    failing: [],
    kinds: {},
    rows: {}
  }
  // Every traced function would otherwise note its caller, which no plan needs.
  Error.stackTraceLimit = 0
  const step = level === 1 ? 1000 : 20
  const before = process.cpuUsage()
  let seeds = 0
  while (seeds < most && performance.now() < untilMs) {
    if (level === 1) liveRules(first + seeds, customers, lived, seeds < watchedSeeds)
    else liveYear(first + seeds, customers, lived)
    seeds++
    if (seeds % step === 0) process.stderr.write(`${seeds} of ${most} seeds lived\n`)
  }
  const { system, user } = process.cpuUsage(before)
  const totals = { ...lived, level, first, seeds, cpuSeconds: (user + system) / 1e6 } as const
  if (values.record !== undefined) Campaign.record(values.record, totals)
  return tell(totals)
}

/** The line of a campaign, and what it should have met and did not. */
const tell = (totals: Campaign.Totals): number => {
  console.log(Campaign.line(totals))
  const kinds = totals.level === 1 ? faultKinds : SwarmPlan.faultNames
  const unmet = Campaign.unmet(totals, { kinds, rows: TableRows.rowsAt[totals.level] })
  if (unmet.length > 0) console.log(`never met: ${unmet.join("; ")}`)
  return totals.failing.length + unmet.length === 0 ? 0 : 1
}

if (values.sum !== undefined) process.exitCode = tell(Campaign.sumOf(values.sum))
else process.exitCode = values.plan === undefined ? live() : replay(values.plan)
