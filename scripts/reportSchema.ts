/**
 * Writes docs/reference/report.schema.json from the schema beside the port: run it after a change
 * of the report. The core's tests refuse a file that is not up to date.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

const root = join(import.meta.dirname, "..")
const source = join(root, "packages/core/src/ports/report/ReportDocument.ts")
const target = join(root, "docs/reference/report.schema.json")

const { jsonSchemaText } = (await import(pathToFileURL(source).href)) as {
  readonly jsonSchemaText: () => string
}
writeFileSync(target, jsonSchemaText())
console.log(target)
