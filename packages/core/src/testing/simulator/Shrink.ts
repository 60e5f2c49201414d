/**
 * Makes a failing plan small: fewer customers, months and workers, and no fault that is not needed
 * for the same failure.
 *
 * **Source** — simulation, checking and shrinking (delta debugging over the plan).
 */
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import type { Violation } from "./Auditor.ts"
import type { Fault, SimulationPlan } from "./SimulationPlan.ts"

/** The violations of a plan; it is asked again and again. */
export type Judge = (plan: SimulationPlan) => ReadonlyArray<Violation>

/**
 * The smallest plan found that still violates what the given one violates first, within so many
 * runs. A plan that violates nothing comes back as it is.
 */
export const shrink = (plan: SimulationPlan, judge: Judge, runs = 200): SimulationPlan => {
  const first = judge(plan)[0]
  if (first === undefined) return plan
  let left = runs
  const fails = (candidate: SimulationPlan): boolean =>
    left-- > 0 && judge(candidate).some(({ what }) => what === first.what)
  let small = plan
  const take = (candidate: SimulationPlan): void => {
    if (fails(candidate)) small = candidate
  }
  if (first.customer !== null) take({ ...small, only: [first.customer] })
  take({ ...small, workers: 1 })
  small = fewerMonths(small, first.month, fails)
  let before: number
  do {
    before = small.faults.length
    small = earlierFaults(fewerFaults(small, fails), fails)
  } while (small.faults.length < before)
  if (first.customer !== null && small.only === undefined) {
    take({ ...small, only: [first.customer] })
  }
  take({ ...small, holidays: [], weekend: [6] })
  return small
}

const monthsUntil = (from: string, to: string): number => {
  let month = CalendarMonth.parse(from)
  let count = 1
  while (month !== undefined && month < to) {
    month = CalendarMonth.next(month)
    count++
  }
  return count
}

const fewerMonths = (
  plan: SimulationPlan,
  violated: string | null,
  fails: (plan: SimulationPlan) => boolean
): SimulationPlan => {
  let small = plan
  if (violated !== null) {
    const months = Math.min(plan.months, monthsUntil(plan.firstMonth, violated))
    if (months < small.months && fails({ ...small, months })) small = { ...small, months }
    const alone = { ...small, firstMonth: violated, months: 1 }
    if (small.months > 1 && fails(alone)) small = alone
  }
  while (small.months > 1 && fails({ ...small, months: Math.ceil(small.months / 2) })) {
    small = { ...small, months: Math.ceil(small.months / 2) }
  }
  return small
}

/** A fault that struck the ninth of its kind may as well strike the first. */
const earlierFaults = (
  plan: SimulationPlan,
  fails: (plan: SimulationPlan) => boolean
): SimulationPlan => {
  let { faults } = plan
  faults.forEach((fault, index) => {
    if (!("nth" in fault) || fault.nth === undefined) return
    for (const nth of [1, 2, Math.ceil(fault.nth / 2)]) {
      if (nth >= fault.nth) return
      const earlier = faults.with(index, { ...fault, nth })
      if (!fails({ ...plan, faults: earlier })) continue
      faults = earlier
      return
    }
  })
  return { ...plan, faults }
}

/** Leaves out halves, then quarters, down to single faults, as long as the failure stays. */
const fewerFaults = (
  plan: SimulationPlan,
  fails: (plan: SimulationPlan) => boolean
): SimulationPlan => {
  let faults: ReadonlyArray<Fault> = plan.faults
  for (let size = Math.ceil(faults.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < faults.length;) {
      const without = faults.toSpliced(from, size)
      if (fails({ ...plan, faults: without })) faults = without
      else from += size
    }
  }
  return { ...plan, faults }
}
