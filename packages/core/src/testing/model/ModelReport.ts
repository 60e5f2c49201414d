/**
 * What the model found, in lines: states and seconds per class, the crash matrix, the ablations.
 * The tables are those of docs/concepts/delivery.md.
 *
 * **Source** — delivery protocol 2.6.
 */
import * as CarrierCapabilities from "../../delivery/CarrierCapabilities.ts"
import { matrixTable } from "./CrashMatrix.ts"
import { explore, type Explored } from "./Explore.ts"
import type { Exploration } from "./Exploration.ts"
import { carrierOf, type ModelClass, modelClasses } from "./ModelCarriers.ts"
import { exceptions, isAdmitted, safeScopes, scope } from "./Scopes.ts"
import { type Variant, variants } from "./Variants.ts"

/** Whether a variant shows what it must: its violation, or nothing at all for a control. */
export const isCaught = ({ expected }: Variant, { violations }: Explored): boolean =>
  expected === null ? violations.size === 0 : violations.has(expected)

/** What a variant shows within the faults it needs. */
export const exploreVariant = (variant: Variant): Explored =>
  explore(
    scope(variant.carrierClass, variant.faults, variant.bounded),
    variant.rules,
    variant.expected
  )

/** The variants as the lines of a Markdown table. */
export const variantTable = (): ReadonlyArray<string> => [
  "| variant | removed rule | class | must be found |",
  "| --- | --- | --- | --- |",
  ...variants.map(
    (one) => `| ${one.name} | ${one.removed} | ${one.carrierClass} | ${one.expected ?? "nothing"} |`
  )
]

/** What may be promised of each class, and what the model holds it to. */
export const guaranteeTable = (): ReadonlyArray<string> => [
  "| class | promise | pauses of any length | a carrier that lies |",
  "| --- | --- | --- | --- |",
  ...modelClasses.map(
    (name) =>
      `| ${name} | ${CarrierCapabilities.guarantee(carrierOf(name))} ` +
      `| ${held(name, false)} | ${held(name, true)} |`
  )
]

const held = (name: ModelClass, lies: boolean): string =>
  isAdmitted(name, false, lies) ? "two SMS possible" : "holds"

/** One exploration in a line; problems follow it, indented. */
const explorationLines = (
  { bounded, carrierClass }: Exploration,
  { complete, states, violations, writes }: Explored,
  seconds: string
): ReadonlyArray<string> => [
  [
    bounded ? "bounded  " : "unbounded",
    carrierClass.padEnd(6),
    `${states}`.padStart(9),
    `states ${seconds.padStart(6)} s,`,
    `at most ${writes} writes,`,
    complete ? "complete" : "NOT COMPLETE"
  ].join(" "),
  ...Array.from(violations, ([what, trace]) => `  VIOLATION ${what}: ${trace}`)
]

type Lines = Generator<string, boolean>

/** Line by line as it is found; whether all of it holds, in the end. */
export function* report(faults: number, clockMs: () => number): Lines {
  const safe = yield* reportClasses(faults, clockMs)
  for (const bounded of [true, false]) {
    yield bounded ? "Crash matrix, bounded pauses:" : "Crash matrix, pauses of any length:"
    yield* matrixTable(bounded)
  }
  const seen = yield* reportVariants()
  const holds = safe && seen
  yield holds ? "All of it holds." : "NOT all of it holds."
  return holds
}

/** Every class within a budget of faults, and what is admitted. */
export function* reportClasses(faults: number, clockMs: () => number): Lines {
  let holds = true
  let states = 0
  const beganMs = clockMs()
  yield `Every order of at most ${faults} faults, by carrier class:`
  for (const exploration of safeScopes(faults)) {
    const sinceMs = clockMs()
    const explored = explore(exploration)
    states += explored.states
    holds &&= explored.complete && explored.violations.size === 0
    yield* explorationLines(exploration, explored, seconds(clockMs() - sinceMs))
  }
  yield `${states} states in ${seconds(clockMs() - beganMs)} s`
  yield "Admitted exceptions:"
  for (const { because, bounded, carrierClass, lies } of exceptions) {
    const when = `${bounded ? "bounded" : "unbounded"}${lies ? ", lying carrier" : ""}`
    yield `  ${carrierClass}, ${when}: ${because}`
  }
  return holds
}

function* reportVariants(): Lines {
  let holds = true
  yield "Broken variants:"
  for (const variant of variants) {
    const explored = exploreVariant(variant)
    const caught = isCaught(variant, explored)
    holds &&= caught
    const { carrierClass, expected, name, removed } = variant
    const trace = expected === null ? undefined : explored.violations.get(expected)
    const what = caught ? (expected ?? "nothing") : "NOT SEEN"
    yield `  ${name} ${carrierClass} without: ${removed}: ${what}`
    if (trace !== undefined) yield `      ${trace}`
  }
  return holds
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10}`
