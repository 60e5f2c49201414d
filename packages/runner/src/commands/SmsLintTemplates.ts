/**
 * The templates `sms lint` looks at: a text, a policy, templates by language, or what ships.
 *
 * Guarantees that a file it cannot use is told in one line with the line and column of the first
 * thing wrong with it.
 */
import { PolicyDocument } from "@tidemark/core/effect"
import {
  BuiltInTemplates,
  BusinessDate,
  CalendarMonth,
  type Language,
  MessagePolicy,
  MessageSet,
  MessageTemplate
} from "@tidemark/core/rules"
import * as Json from "jsonc-parser"
import * as ConfigForm from "../ConfigForm.ts"
import { isRecord } from "../ConfigSources.ts"
import { BadInput } from "../TerminalFailure.ts"
import * as TextPlace from "../TextPlace.ts"

/** What a file leaves open. */
export interface TemplateChoices {
  readonly language: Language.Language | undefined
  readonly bankName: string | undefined
  readonly twoWay: boolean
}

/** Templates ready to look at; `derived`: the text without a name is ours, the file has none. */
export interface LintedTemplates {
  readonly set: MessageSet.MessageSet
  readonly derived: boolean
}

/** The templates behind `--template`, or a `BadInput`. */
export const read = (template: string, choices: TemplateChoices): LintedTemplates => {
  if (template === "builtin:default") return builtIn(BuiltInTemplates.DEFAULT, "he", choices)
  if (template === "builtin:original") return builtIn(BuiltInTemplates.ORIGINAL, "en", choices)
  if (template.startsWith("builtin:")) {
    const reason = `--template ${template}: there are builtin:default and builtin:original`
    throw new BadInput({ reason })
  }
  const text = TextPlace.readText(template)
  return looksLikeJson(template, text)
    ? { set: ofJson(template, text, choices), derived: false }
    : ofText(template, text, choices)
}

/** A template may begin with a placeholder; JSON goes on with a name in quotes, or ends. */
const looksLikeJson = (file: string, text: string): boolean =>
  file.endsWith(".json") || /^\s*(?:\{\s*["}]|\[)/u.test(text)

const senderOf = ({ twoWay }: TemplateChoices): MessagePolicy.Sender =>
  twoWay ? { id: "0501234567", canReceiveReplies: true } : MessagePolicy.DEFAULTS.sender

const builtIn = (
  templates: BuiltInTemplates.TemplateSet,
  defaultLanguage: Language.Language,
  choices: TemplateChoices
): LintedTemplates => ({
  set: compiled("builtin", { templates, defaultLanguage }, choices),
  derived: false
})

const compiled = (
  file: string,
  message: Pick<MessagePolicy.MessagePolicy, "templates" | "defaultLanguage">,
  choices: TemplateChoices
): MessageSet.MessageSet => {
  const { bankName = null } = choices
  const policy = { ...MessagePolicy.DEFAULTS, ...message, bankName, sender: senderOf(choices) }
  const set = MessageSet.compile({ ...policy, messageClass: "service" })
  if (set._tag === "MessageSet") return set
  const needsBankName = set.problems.some(({ _tag }) => _tag === "BankNameMissing")
  const reason = needsBankName
    ? "the text asks for {BankName}: give it with --bank-name"
    : set.problems.map(({ _tag }) => _tag).join(", ")
  throw new BadInput({ where: file, reason })
}

const ofText = (file: string, whole: string, choices: TemplateChoices): LintedTemplates => {
  // Editors end a file with a line feed that nobody means to send.
  const text = whole.replace(/\r\n/gu, "\n").replace(/\n$/u, "")
  const problem = problemOf(text)
  if (problem !== undefined) {
    throw new BadInput({ where: TextPlace.where(file, text, problem.at), reason: problem.reason })
  }
  const language = choices.language ?? languageOf(text)
  const withoutName = text.replace(/[ \u00a0]?\{CustomerFirstName\}/gu, "")
  const texts = { text, withoutName: withoutName.trim() === "" ? "-" : withoutName }
  const message = { templates: { [language]: texts }, defaultLanguage: language }
  return { set: compiled(file, message, choices), derived: texts.text !== texts.withoutName }
}

/** The language whose script the text is written in. */
const languageOf = (text: string): Language.Language => {
  const letters = text.replace(/\{[^{}]*\}/gu, "")
  if (/\p{Script=Hebrew}/u.test(letters)) return "he"
  if (/\p{Script=Arabic}/u.test(letters)) return "ar"
  return /\p{Script=Cyrillic}/u.test(letters) ? "ru" : "en"
}

const problemOf = (text: string): { readonly at: number; readonly reason: string } | undefined => {
  const problem = MessageTemplate.parse(text)
  if (!MessageTemplate.isProblem(problem)) return undefined
  const at = "position" in problem ? problem.position : 0
  return { at, reason: told(problem) }
}

const told = (problem: MessageTemplate.TemplateProblem): string => {
  switch (problem._tag) {
    case "EmptyTemplate":
      return "no text"
    case "LoneSurrogate":
      return "half a character, which no carrier can transport"
    case "ControlCharacter":
      return `the control character ${TextPlace.codePoint(problem.codePoint)}: remove it`
    case "UnknownPlaceholder":
      return (
        `unknown placeholder {${problem.name}}: there are ` +
        MessageTemplate.PLACEHOLDERS.map((name) => `{${name}}`).join(", ")
      )
    case "StrayBrace":
      return "a brace without its other one: braces only stand around a placeholder"
  }
}

/** The places of a JSON file, found by the path of a value or of the nearest one around it. */
type PlaceAt = (segments: ReadonlyArray<string>) => number

const ofJson = (file: string, text: string, choices: TemplateChoices): MessageSet.MessageSet => {
  const errors: Array<Json.ParseError> = []
  const root = Json.parseTree(text, errors, { disallowComments: true })
  const [error] = errors
  if (error !== undefined) {
    const what = Json.printParseErrorCode(error.error).replace(/(?!^)(?=[A-Z])/gu, " ")
    const place = TextPlace.where(file, text, error.offset)
    throw new BadInput({ where: place, reason: `not valid JSON: ${what.toLowerCase()}` })
  }
  if (root === undefined) throw new BadInput({ where: `${file}:1:1`, reason: "an empty file" })
  const value: unknown = Json.getNodeValue(root)
  if (!isRecord(value)) {
    throw new BadInput({ where: `${file}:1:1`, reason: "not a JSON object" })
  }
  const { message, prefix, skipped } = messageIn(value, choices)
  const at: PlaceAt = (segments) => {
    const path = [...prefix, ...segments.slice(skipped)]
    while (path.length > 0) {
      const node = Json.findNodeAtLocation(root, path)
      if (node !== undefined) return node.offset
      path.pop()
    }
    return root.offset
  }
  refuseBadTexts(file, text, message["templates"], at)
  const read = PolicyDocument.read(JSON.stringify({ message, schedule }), anyMonth)
  if (!("_tag" in read)) return read.messages
  const reason = read.problems
    .map((problem) => `${problem.path}: ${ConfigForm.withoutValue(problem.message)}`)
    .join("; ")
  const segments = (read.problems[0]?.path ?? "").split(".").slice(1)
  throw new BadInput({ where: TextPlace.where(file, text, at(segments)), reason })
}

/** The message part of a document, completed, and how its paths differ from those of the file. */
const messageIn = (document: Record<string, unknown>, choices: TemplateChoices) => {
  const { message: own } = document
  const given = isRecord(own) ? own : document
  const bankName = choices.bankName === undefined ? {} : { bankName: choices.bankName }
  const before = { messageClass: "service", sender: senderOf(choices), ...bankName }
  if (isRecord(own) || "templates" in given) {
    const message: Record<string, unknown> = { ...before, ...given }
    return { message, prefix: isRecord(own) ? ["message"] : [], skipped: 0 }
  }
  const [defaultLanguage] = Object.keys(given)
  const message: Record<string, unknown> = { ...before, defaultLanguage, templates: given }
  return { message, prefix: [], skipped: 1 }
}

/** Rules of a template, told where the template stands and where in it. */
const refuseBadTexts = (file: string, text: string, templates: unknown, at: PlaceAt): void => {
  if (!isRecord(templates)) return
  for (const [language, texts] of Object.entries(templates)) {
    if (!isRecord(texts)) continue
    for (const [field, template] of Object.entries(texts)) {
      const problem = typeof template === "string" ? problemOf(template) : undefined
      if (problem === undefined) continue
      const { column, line } = TextPlace.of(String(template), problem.at)
      const offset = at(["templates", language, field])
      const reason = `${language}.${field}, its line ${line} column ${column}: ${problem.reason}`
      throw new BadInput({ where: TextPlace.where(file, text, offset), reason })
    }
  }
}

/** A policy needs them, and its messages do not depend on them. */
const anyMonth = CalendarMonth.of(BusinessDate.fromEpochDay(0))
const schedule = { startsOn: "2026-01-04" }
