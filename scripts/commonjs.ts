/**
 * Completes `packages/core/dist/commonjs`, the rules for `require`: marks it as CommonJS and
 * copies into it the declarations that its entry points reach. Declarations say the same in both
 * module systems; which system they speak for is decided by the folder they lie in.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

const dist = join(import.meta.dirname, "../packages/core/dist")
const target = join(dist, "commonjs")
const entries = ["rules.d.ts", "rules/delivery.d.ts", "rules/report.d.ts", "recipient.d.ts"]

const seen = new Set<string>()
const copy = (file: string): void => {
  if (seen.has(file)) return
  seen.add(file)
  mkdirSync(dirname(join(target, file)), { recursive: true })
  copyFileSync(join(dist, file), join(target, file))
  const text = readFileSync(join(dist, file), "utf8")
  for (const [, specifier = ""] of text.matchAll(/from "(\.{1,2}\/[^"]+)"/g)) {
    copy(join(dirname(file), specifier.replace(/\.(?:js|ts)$/, ".d.ts")))
  }
}

for (const entry of entries) copy(entry)
writeFileSync(join(target, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`)
