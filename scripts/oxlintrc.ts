/**
 * Writes `.oxlintrc.json` from the table in moduleRules.ts; with `--check` it only says whether the
 * committed file is what the table gives, and exits 1 when not.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { configuration, unlisted } from "./moduleRules.ts"

const file = join(import.meta.dirname, "../.oxlintrc.json")
const wanted = `${JSON.stringify(configuration(), undefined, 2)}\n`

const strangers = unlisted()
if (strangers.length > 0) {
  console.error(`No module rules for ${strangers.join(", ")}: add a row in scripts/moduleRules.ts`)
  process.exit(1)
}
if (!process.argv.includes("--check")) writeFileSync(file, wanted)
else if (readFileSync(file, "utf8") !== wanted) {
  console.error(".oxlintrc.json is not what scripts/moduleRules.ts gives: node scripts/oxlintrc.ts")
  process.exit(1)
}
