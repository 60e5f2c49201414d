/**
 * Writes the JSON Schema of the program policy, so that an editor can check a policy while it is
 * written. A test fails while the committed file is not what this writes.
 */
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

const root = join(import.meta.dirname, "..")
const file = join(root, "docs/reference/policy.schema.json")
// The root package depends on none of ours, so it finds the source where it lies.
const source = pathToFileURL(join(root, "packages/core/src/ports/PolicyDocument.ts")).href
const { jsonSchema }: { readonly jsonSchema: () => unknown } = await import(source)
writeFileSync(file, `${JSON.stringify(jsonSchema(), null, 2)}\n`)
execFileSync("pnpm", ["exec", "oxfmt", file], { cwd: root, stdio: "inherit" })
