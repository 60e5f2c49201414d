/**
 * A fault script from a file: JSON, every rule checked, every problem in one line naming the file.
 */
import * as fs from "node:fs"
import { SandboxScript } from "@tidemark/core/sandbox"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { BadInput } from "../TerminalFailure.ts"

const problemsOf = SchemaIssue.makeFormatterStandardSchemaV1()

const reader = <A>(script: Schema.Codec<A, unknown>) => {
  const decode = Schema.decodeUnknownResult(script, {
    errors: "all",
    onExcessProperty: "error"
  })
  return (file: string): A => {
    const read = decode(parse(file))
    if (Result.isSuccess(read)) return read.success
    const [first] = problemsOf(read.failure.issue).issues
    const place = first?.path?.map((step) => String(typeof step === "object" ? step.key : step))
    const reason = `rule ${place?.join(".") ?? ""}: ${first?.message ?? "not a fault rule"}`
    throw new BadInput({ where: file, reason })
  }
}

const parse = (file: string): unknown => {
  let text: string
  try {
    text = fs.readFileSync(file, "utf8")
  } catch {
    throw new BadInput({ where: file, reason: "cannot be read" })
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new BadInput({ where: file, reason: "is no JSON" })
  }
}

/** The faults of a carrier. */
export const carrier = reader(SandboxScript.CarrierScript)

/** The faults of a bank. */
export const bank = reader(SandboxScript.BankScript)
