/**
 * What a bank should know about its templates before the first message: size and cost over real
 * names, and the traps that make them grow.
 *
 * Findings advise; what forbids sending is found when the templates are compiled.
 */
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as OptOut from "../recipient/OptOut.ts"
import * as Language from "./Language.ts"
import { receivesReplies } from "./MessagePolicy.ts"
import type { MessageSet, Variant } from "./MessageSet.ts"
import * as MessageTemplate from "./MessageTemplate.ts"
import * as Render from "./Render.ts"
import * as SmartEncoding from "./SmartEncoding.ts"
import * as SmsAlphabet from "./SmsAlphabet.ts"
import type * as SmsSegments from "./SmsSegments.ts"

/**
 * One thing worth knowing about a template.
 *
 * Positions are UTF-16 indexes in the template with its legal lines; names are given by their index
 * in the list, never by themselves.
 *
 * - `EncodingTrap`: the one character that keeps a text of Latin letters out of GSM-7, and what
 *   could stand there (`null`: only another wording helps)
 * - `InvisibleCharacter`: costs a unit and shows nothing
 * - `ExtensionCharacter`: costs two septets
 * - `WastedBlank`: a blank before a line break or at the end
 * - `Link`: carriers filter links, and a thank-you rarely needs one
 * - `ReplyOnOneWaySender`: asks for a reply that nobody receives
 * - `OptOutMissing`: an advertisement that names no word to stop it
 * - `LeadingDirection`: a right-to-left text whose first strong character is not, or may not be
 * - `NameAddsSegments`: the first name that makes more segments than the smallest message;
 *   `blocker` is the character of the name outside GSM-7, `null` when it is its length
 * - `NameRefused`: a name that will not be printed
 * - `NameLeftOut`: a name that makes the text too large
 */
export type Finding =
  | {
      readonly _tag: "EncodingTrap"
      readonly position: number
      readonly character: string
      readonly replacement: string | null
    }
  | { readonly _tag: "InvisibleCharacter"; readonly position: number; readonly codePoint: number }
  | { readonly _tag: "ExtensionCharacter"; readonly position: number; readonly character: string }
  | { readonly _tag: "WastedBlank"; readonly position: number }
  | { readonly _tag: "Link"; readonly position: number; readonly text: string }
  | { readonly _tag: "ReplyOnOneWaySender"; readonly position: number; readonly word: string }
  | { readonly _tag: "OptOutMissing" }
  | { readonly _tag: "LeadingDirection" }
  | {
      readonly _tag: "NameAddsSegments"
      readonly nameIndex: number
      readonly from: number
      readonly to: number
      readonly blocker: string | null
    }
  | { readonly _tag: "NameRefused"; readonly nameIndex: number; readonly reason: string }
  | { readonly _tag: "NameLeftOut"; readonly nameIndex: number }

/**
 * The largest or smallest message over all names and months.
 *
 * - `nameIndex`: `null` for the text without a name
 * - `costMicros`: price of its segments in millionths of the price's currency unit
 */
export type Extreme = {
  readonly nameIndex: number | null
  readonly month: CalendarMonth.CalendarMonth
  readonly size: SmsSegments.SmsMeasure
  readonly costMicros: bigint
}

/**
 * The report on one language.
 *
 * - `unrenderable`: names for which no message could be made in some month
 */
export type LanguageReport = {
  readonly language: Language.Language
  readonly findings: ReadonlyArray<{ readonly variant: Variant; readonly finding: Finding }>
  readonly smallest: Extreme | null
  readonly largest: Extreme | null
  readonly unrenderable: number
}

/** Names to try, a year whose months are tried, and a segment's price in millionths of a unit. */
export type LintOptions = {
  readonly names: ReadonlyArray<string>
  readonly year: number
  readonly pricePerSegmentMicros: bigint
  readonly keywords: ReadonlyArray<OptOut.Keyword>
}

/**
 * Reports on every language of a set, in the order of `Language.LANGUAGES`.
 *
 * Every name is rendered for every month, as sending would do it, and once without a name.
 *
 * **Source** — product rules, Message: worst-case segments over real names, encoding traps, links,
 * "Reply STOP" on a one-way sender, cost
 */
export const lint = (set: MessageSet, options: LintOptions): ReadonlyArray<LanguageReport> =>
  Language.LANGUAGES.flatMap((language) => {
    const variants = set.variants[language]
    if (variants === undefined) return []
    const named = textFindings(set, language, variants.named, options.keywords)
    const nameless = textFindings(set, language, variants.nameless, options.keywords)
    const sizes = sizeReport(set, language, options)
    return [
      {
        language,
        ...sizes,
        findings: [
          ...named.map((finding) => ({ variant: "named" as const, finding })),
          ...nameless.map((finding) => ({ variant: "nameless" as const, finding })),
          ...sizes.findings.map((finding) => ({ variant: "named" as const, finding }))
        ]
      }
    ]
  })

type Sizes = {
  readonly findings: ReadonlyArray<Finding>
  readonly smallest: Extreme | null
  readonly largest: Extreme | null
  readonly unrenderable: number
}

const sizeReport = (set: MessageSet, language: Language.Language, options: LintOptions): Sizes => {
  const months = monthsOf(options.year)
  const trials = [null, ...options.names].map((name, index) => {
    const sizes: Array<Extreme> = []
    let omitted: Render.NameOmitted | null = null
    for (const month of months) {
      const made = Render.render(set, { firstName: name, language, month })
      if (made._tag === "Unrenderable") continue
      const costMicros = options.pricePerSegmentMicros * BigInt(made.size.segments)
      sizes.push({ nameIndex: index === 0 ? null : index - 1, month, size: made.size, costMicros })
      omitted ??= made.nameOmitted
    }
    return { name: name ?? "", nameIndex: index - 1, sizes, omitted }
  })
  const all = trials.flatMap(({ sizes }) => sizes)
  const smallest = all.reduce<Extreme | null>(
    (least, next) => (least === null || larger(least.size, next.size) ? next : least),
    null
  )
  return {
    findings: smallest === null ? [] : nameFindings(trials.slice(1), smallest.size.segments),
    smallest,
    largest: largestOf(all),
    unrenderable: trials.filter(({ sizes }) => sizes.length < months.length).length
  }
}

type Trial = {
  readonly name: string
  readonly nameIndex: number
  readonly sizes: ReadonlyArray<Extreme>
  readonly omitted: Render.NameOmitted | null
}

const nameFindings = (trials: ReadonlyArray<Trial>, from: number): ReadonlyArray<Finding> => {
  const findings: Array<Finding> = []
  let adding: Finding | undefined
  for (const { name, nameIndex, sizes, omitted } of trials) {
    if (omitted === "MADE_TOO_LONG") findings.push({ _tag: "NameLeftOut", nameIndex })
    else if (omitted !== null && omitted !== "NOT_ASKED_FOR") {
      findings.push({ _tag: "NameRefused", nameIndex, reason: omitted })
    }
    const to = Math.max(...sizes.map(({ size }) => size.segments))
    if (adding === undefined && omitted === null && to > from) {
      const blocker = outsideGsm7(name)
      adding = { _tag: "NameAddsSegments", nameIndex, from, to, blocker }
    }
  }
  return adding === undefined ? findings : [...findings, adding]
}

const largestOf = (all: ReadonlyArray<Extreme>): Extreme | null =>
  all.reduce<Extreme | null>(
    (most, next) => (most === null || larger(next.size, most.size) ? next : most),
    null
  )

const textFindings = (
  set: MessageSet,
  language: Language.Language,
  template: MessageTemplate.MessageTemplate,
  keywords: ReadonlyArray<OptOut.Keyword>
): ReadonlyArray<Finding> => {
  const source = MessageTemplate.source(template)
  // Placeholders are blanked to letters of the same length: their names are not part of the text.
  const text = source.replace(/\{[^{}]*\}/gu, (field) => "x".repeat(field.length))
  const stops = stopWords(text, keywords)
  const oneWay = receivesReplies(set.policy.sender) ? [] : stops
  const advertisement = set.policy.messageClass === "advertisement"
  return [
    ...characterFindings(text),
    ...matches(/ +(?=\n|$)/gu, text).map(({ position }): Finding => ({
      _tag: "WastedBlank",
      position
    })),
    ...matches(LINK, text).map(({ position, found }): Finding => {
      return { _tag: "Link", position, text: found }
    }),
    ...oneWay.map(({ position, found }): Finding => {
      return { _tag: "ReplyOnOneWaySender", position, word: found }
    }),
    ...(advertisement && stops.length === 0 ? [{ _tag: "OptOutMissing" } as const] : []),
    ...(turnsAround(language, source) ? [{ _tag: "LeadingDirection" } as const] : [])
  ]
}

const characterFindings = (text: string): ReadonlyArray<Finding> => {
  const findings: Array<Finding> = []
  const foreign = Array.from(text).some(
    (character) => !SmsAlphabet.isGsm7(character) && FOREIGN_LETTER.test(character)
  )
  for (const { position, found } of matches(/./gsu, text)) {
    if (INVISIBLE.test(found)) {
      findings.push({
        _tag: "InvisibleCharacter",
        position,
        codePoint: Number(found.codePointAt(0))
      })
    }
    if (SmsAlphabet.septets(found.charCodeAt(0)) === 2 && !foreign) {
      findings.push({ _tag: "ExtensionCharacter", position, character: found })
    }
    if (!foreign && !SmsAlphabet.isGsm7(found)) {
      const replacement = SmartEncoding.replacementOf(found) ?? null
      findings.push({ _tag: "EncodingTrap", position, character: found, replacement })
    }
  }
  return findings
}

/** Stop words that stand in a text as words of their own. */
const stopWords = (text: string, keywords: ReadonlyArray<OptOut.Keyword>) => {
  const known = OptOut.keywords(keywords)
  return matches(/[\p{L}\p{M}]+/gu, text).filter(({ found, position }) => {
    // Sentences contain "end" and "cancel"; an instruction is written in capitals, in Hebrew, or
    // behind a word that asks for it.
    const asked = found === found.toUpperCase() || ASKING.test(text.slice(0, position))
    return asked && OptOut.match(found, known)?.action === "stop"
  })
}

const turnsAround = (language: Language.Language, source: string): boolean => {
  if (language !== "he" && language !== "ar") return false
  const first = /\p{L}|\{/u.exec(source)?.[0] ?? ""
  return !RIGHT_TO_LEFT.test(first)
}

const matches = (pattern: RegExp, text: string) =>
  Array.from(text.matchAll(pattern), (match) => ({ position: match.index, found: match[0] }))

const outsideGsm7 = (name: string): string | null =>
  Array.from(name).find((character) => !SmsAlphabet.isGsm7(character)) ?? null

const larger = (one: SmsSegments.SmsMeasure, other: SmsSegments.SmsMeasure): boolean =>
  one.segments > other.segments || (one.segments === other.segments && one.units > other.units)

const monthsOf = (year: number): ReadonlyArray<CalendarMonth.CalendarMonth> =>
  Array.from({ length: 12 }, (_, index) =>
    CalendarMonth.parse(`${year}-${String(index + 1).padStart(2, "0")}`)
  ).filter((month) => month !== undefined)

/** An address with its scheme, or a bare domain: handsets make a link of either. */
const LINK = /(?:https?:\/\/|www\.)[^\s\])]+|(?:[a-z\d-]+\.)+[a-z]{2,}(?:\/[^\s\])]*)?/giu
const ASKING = /(?:reply|text|send|ответьте|отправьте|пришлите)(?:\s+with)?\s+["'\u2018\u201c«]?$/iu
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u
const FOREIGN_LETTER = /(?!\p{Script=Latin})\p{L}/u
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}]/u
