/**
 * The words of a rendered report, in one shape for every language.
 *
 * **Source** — product rules, Report and Words; original architecture §3.5 (report contents).
 */
import { english } from "./ReportEnglish.ts"
import { hebrew } from "./ReportHebrew.ts"
import { visible } from "./VisibleText.ts"
import type { ReportLanguage, ReportWords } from "./Vocabulary.ts"

export type {
  ColumnId,
  Counted,
  ReportLanguage,
  ReportWords,
  SectionId,
  TableId
} from "./Vocabulary.ts"

/** The words of a language. */
export const words = (language: ReportLanguage): ReportWords =>
  language === "he" ? hebrew : english

/** A code nobody has words for, made readable: `NO_PHONE` as "No phone". */
const humanised = (code: string): string => {
  const spaced = code
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[_:]+/g, " ")
    .trim()
  return /^[A-Za-z0-9 ]+$/.test(spaced)
    ? spaced.charAt(0).toUpperCase() + spaced.slice(1).toLowerCase()
    : visible(code)
}

const own = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

/**
 * The label of a code from the data, such as a reason: the language's own words, else the code made
 * readable. A reason kept behind the word it was withdrawn as (`unreachable:NO_PHONE`) shows both.
 */
export const codeLabel = (of: ReportWords, code: string): string => {
  const known = own(of.codes, code)
  if (known !== undefined) return known
  const [, word = "", reason = ""] = /^([a-z]+):([A-Z_]+)$/.exec(code) ?? []
  const term = own(of.terms, word)
  if (term === undefined) return humanised(code)
  return `${term}: ${own(of.codes, reason) ?? humanised(reason)}`
}

/** A formula or law with its terms in the language; words it does not know stay. */
export const formulaText = (of: ReportWords, formula: string): string =>
  visible(formula).replace(/[A-Za-z]+(?: [A-Za-z]+)*/g, (term) => own(of.terms, term) ?? term)
