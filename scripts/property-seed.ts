/**
 * The inputs of property tests: the same in every run, so that a red build is this change's fault
 * and the same twice. `TIDEMARK_SEED=random npm test` looks further; a number repeats a run.
 */
import * as fc from "fast-check"

const given = process.env["TIDEMARK_SEED"] ?? "20260801"
const seed = Number(given)
if (given !== "random" && !Number.isInteger(seed)) {
  throw new Error(`TIDEMARK_SEED: expected a whole number or "random", found "${given}"`)
}
// fast-check prints the seed it drew of every property that fails.
fc.configureGlobal(given === "random" ? {} : { seed })
