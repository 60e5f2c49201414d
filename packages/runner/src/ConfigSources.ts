/**
 * Where settings come from: a file of JSON, and the environment over it.
 *
 * **Source** — surfaces, Configuration.
 */
import { readFileSync, statSync } from "node:fs"
import { BadInput } from "./TerminalFailure.ts"

/** Where each environment variable goes; `*_FILE` of each names a file that holds the value. */
export const variables: ReadonlyArray<readonly [name: string, section: string, field: string]> = [
  ["TIDEMARK_DATABASE_URL", "Database", "ConnectionString"],
  ["TIDEMARK_DATABASE_REPLICA_URL", "Database", "ReplicaConnectionString"],
  ["TIDEMARK_SCHEMA", "Database", "Schema"],
  ["TIDEMARK_DATA_DIR", "Database", "Directory"],
  ["TIDEMARK_BANK_URL", "Banking", "ApiUrl"],
  ["TIDEMARK_BANK_API_KEY", "Banking", "ApiKey"],
  ["TIDEMARK_CARRIER_URL", "SmsCarrier", "ApiUrl"],
  ["TIDEMARK_CARRIER_API_KEY", "SmsCarrier", "ApiKey"],
  ["TIDEMARK_CARRIER_WEBHOOK_SECRET", "SmsCarrier", "WebhookSecret"],
  ["TIDEMARK_CLIENT_REFERENCE_KEY", "Secrets", "ClientReferenceKey"],
  ["TIDEMARK_DATA_KEY", "Secrets", "DataKey"]
]

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A secret in a file may be up to 64 KiB; a larger file is no secret. */
const largestSecret = 64 * 1024

/** The value of a variable, from itself or from the file it names. */
const valueOf = (environment: Environment, name: string): string | undefined => {
  const direct = environment[name]
  if (direct !== undefined && direct !== "") return direct
  const file = environment[`${name}_FILE`]
  if (file === undefined || file === "") return undefined
  const text = textOf(file)
  if (text === "absent") throw new BadInput({ where: `${name}_FILE`, reason: "no such file" })
  if (text === "unreadable") {
    throw new BadInput({
      where: `${name}_FILE`,
      reason: "cannot be read, or is larger than 64 KiB"
    })
  }
  return text.text.trim()
}

/** A small file's text; `absent` where there is nothing of that name. */
const textOf = (file: string, mostBytes = largestSecret) => {
  try {
    const found = statSync(file, { throwIfNoEntry: false })
    if (found === undefined) return "absent"
    return found.size > mostBytes ? "unreadable" : { text: readFileSync(file, "utf8") }
  } catch {
    return "unreadable"
  }
}

/** A JSON object. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Policies of many years with their texts are far smaller. */
const largestSettings = 16 * 1024 * 1024

const readJson = (file: string): Record<string, unknown> => {
  const found = textOf(file, largestSettings)
  if (found === "absent") {
    const reason =
      "no settings: write this file (docs/operating/settings.md), or run `tidemark demo`"
    throw new BadInput({ where: file, reason })
  }
  if (found === "unreadable") throw new BadInput({ where: file, reason: "cannot be read" })
  let value: unknown
  try {
    value = JSON.parse(found.text)
  } catch {
    throw new BadInput({ where: file, reason: "not valid JSON" })
  }
  if (isRecord(value)) return value
  throw new BadInput({ where: file, reason: "not a JSON object" })
}

/** The file's document with the environment's values in it; nothing of it is checked yet. */
export const documentOf = (file: string, environment: Environment): Record<string, unknown> => {
  const document = readJson(file)
  for (const [name, section, field] of variables) {
    const value = valueOf(environment, name)
    if (value === undefined) continue
    const before = document[section]
    document[section] = { ...(isRecord(before) ? before : {}), [field]: value }
  }
  return document
}
