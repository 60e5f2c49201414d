/**
 * First names to try a template with.
 *
 * Guarantees that a name of a file is told by its place only: it is a customer's.
 */
import * as Json from "jsonc-parser"
import { isRecord } from "../ConfigSources.ts"
import { BadInput } from "../TerminalFailure.ts"
import * as TextPlace from "../TextPlace.ts"

/** A name and how to speak of it. */
export interface TriedName {
  readonly name: string
  readonly told: string
}

/** Common first names of every script a bank in Israel meets, short and long. */
const builtIn = [
  "Dana",
  "דנה",
  "Alexander",
  "Maria Fernanda",
  "Zoë",
  "François",
  "נועה",
  "אברהם יצחק",
  "محمد",
  "عبد الرحمن",
  "Анна",
  "Александра"
]

/** The names of a file, or those built in. */
export const read = (file: string | undefined): ReadonlyArray<TriedName> => {
  if (file === undefined) return builtIn.map((name) => ({ name, told: name }))
  const text = TextPlace.readText(file)
  const errors: Array<Json.ParseError> = []
  const root = Json.parseTree(text, errors, { disallowComments: true })
  const list = root === undefined ? undefined : listIn(root)
  const names =
    errors.length === 0 && list !== undefined
      ? (list.children ?? []).map((node) => ofNode(file, text, node))
      : ofLines(file, text)
  if (names.length > 0) return names
  throw new BadInput({ where: file, reason: "no names" })
}

/** A list, or the list `names` of an object. */
const listIn = (root: Json.Node): Json.Node | undefined =>
  [root, Json.findNodeAtLocation(root, ["names"])].find((node) => node?.type === "array")

const ofNode = (file: string, text: string, node: Json.Node): TriedName => {
  const { column, line } = TextPlace.of(text, node.offset)
  const place = `${file}:${line}:${column}`
  return { name: nameOf(Json.getNodeValue(node), place), told: place }
}

const ofLines = (file: string, text: string): ReadonlyArray<TriedName> =>
  text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return []
    const place = `${file}:${index + 1}`
    const errors: Array<Json.ParseError> = []
    const value: unknown = Json.parse(line, errors, { disallowComments: true })
    const [error] = errors
    if (error === undefined) return [{ name: nameOf(value, place), told: place }]
    const where = `${place}:${error.offset + 1}`
    throw new BadInput({ where, reason: "not valid JSON: a list, or one name on each line" })
  })

const nameOf = (value: unknown, where: string): string => {
  if (typeof value === "string") return value
  const name = isRecord(value) ? (value["name"] ?? value["first_name"]) : undefined
  if (typeof name === "string") return name
  throw new BadInput({ where, reason: 'a name must be a text, or an object with "name"' })
}
