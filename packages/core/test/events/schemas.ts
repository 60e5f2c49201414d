/** The JSON Schemas of docs/reference/events, and the part of the standard they use. */
import { readFileSync } from "node:fs"
import { join } from "node:path"

const docs = join(import.meta.dirname, "../../../../docs/reference")

/** The part of JSON Schema that the files use. */
export interface Node {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: ReadonlyArray<unknown>
  readonly anyOf?: ReadonlyArray<Node>
  readonly pattern?: string
  readonly minLength?: number
  readonly minimum?: number
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: ReadonlyArray<string>
  readonly additionalProperties?: false
}

const typeOf = (value: unknown) => {
  if (value === null) return "null"
  return Number.isInteger(value) ? "integer" : typeof value
}

const entriesFit = (node: Node, value: unknown): boolean => {
  if (node.properties === undefined) return true
  const { properties } = node
  const given = Object.entries(value ?? {})
  return (
    (node.required ?? []).every((name) => given.some(([key]) => key === name)) &&
    given.every(([key, each]) =>
      properties[key] === undefined
        ? node.additionalProperties !== false
        : fits(properties[key], each)
    )
  )
}

/** Whether a value is what the schema describes, and nothing more. */
export const fits = (node: Node, value: unknown): boolean =>
  (node.anyOf === undefined || node.anyOf.some((each) => fits(each, value))) &&
  (node.type === undefined || node.type === typeOf(value)) &&
  (node.const === undefined || node.const === value) &&
  (node.enum === undefined || node.enum.includes(value)) &&
  (typeof value !== "string" ||
    (value.length >= (node.minLength ?? 0) && new RegExp(node.pattern ?? "").test(value))) &&
  (typeof value !== "number" || value >= (node.minimum ?? value)) &&
  entriesFit(node, value)

/** The schema of a type of event, version 1. */
export const schemaOf = (type: string): Node =>
  JSON.parse(readFileSync(join(docs, "events", `${type}.v1.json`), "utf8")) as Node
