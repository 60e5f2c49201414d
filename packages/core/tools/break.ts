/**
 * `npm run break`: takes one rule out of the protocol, lives simulated months until somebody is
 * written to twice, lost or lied about, and tells the shrunk story. Without a name, the rule that
 * most systems do without: a time-out taken for a failure.
 *
 * Options: `--variant NAME` (V1 to V12), `--all` every one of them, `--seeds N` how many seeds to
 * try (default 1000).
 */
import { parseArgs } from "node:util"
import { type Variant, variants } from "../src/testing/model/Variants.ts"
import * as Hunt from "../src/testing/simulator/Hunt.ts"
import { nameOf } from "../src/testing/simulator/SimulationPlan.ts"
import { story } from "../src/testing/simulator/Story.ts"

const { values } = parseArgs({
  options: {
    variant: { type: "string", default: "V2" },
    all: { type: "boolean", default: false },
    seeds: { type: "string", default: "1000" }
  }
})

/** Every traced function would otherwise note its caller. */
Error.stackTraceLimit = 0

const tell = (variant: Variant): boolean => {
  console.log(`${variant.name}, a carrier of class ${variant.carrierClass}`)
  console.log(`  rule taken out: ${variant.removed}`)
  const found = Hunt.hunt(variant, Number(values.seeds))
  if (found === undefined) {
    console.log(`  nothing found in ${values.seeds} seeds`)
    return variant.expected === null
  }
  const { plan, run, seed, violation } = found
  const { customer, invariant, month, what } = violation
  console.log(`  found by seed ${seed}: invariant ${invariant}, ${what}`)
  const faults = plan.faults.map(nameOf).join("; ") || "none"
  console.log(
    `  shrunk: customer ${customer}, ${month}, ${plan.only?.length ?? plan.customers} customers, ` +
      `${plan.workers} workers, ${plan.faults.length} faults: ${faults}`
  )
  for (const line of story(run, customer)) console.log(`    ${line}`)
  return variant.expected !== null
}

const asked = values.all ? variants : variants.filter(({ name }) => name === values.variant)
if (asked.length === 0) {
  const names = variants.map(({ name }) => name).join(", ")
  process.stderr.write(`break: --variant: one of ${names}\n`)
  process.exitCode = 2
}
for (const variant of asked) if (!tell(variant)) process.exitCode = 1
