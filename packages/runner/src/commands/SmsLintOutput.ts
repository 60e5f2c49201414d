/** What `sms lint` prints: a table and advice for people, or one JSON object per language. */
import { MessageTemplate, type MessageSet, type TemplateLint } from "@tidemark/core/rules"
import * as TerminalOutput from "../TerminalOutput.ts"
import * as TextPlace from "../TextPlace.ts"
import type { TriedName } from "./SmsLintNames.ts"

/** What was looked at and found; `price` of one segment as it was given. */
export interface Linted {
  readonly template: string
  readonly derived: boolean
  readonly set: MessageSet.MessageSet
  readonly tried: ReadonlyArray<TriedName>
  readonly price: string
  readonly reports: ReadonlyArray<TemplateLint.LanguageReport>
}

/** One object per language. */
export const json = (linted: Linted): ReadonlyArray<Record<string, unknown>> =>
  linted.reports.map((report) => ({
    template: linted.template,
    language: report.language,
    names: linted.tried.length,
    withoutName: linted.derived ? "derived" : "given",
    pricePerSegment: linted.price,
    smallest: report.smallest && extremeJson(report.smallest, linted),
    largest: report.largest && extremeJson(report.largest, linted),
    unrenderable: report.unrenderable,
    findings: report.findings.map(({ finding, variant }) => {
      const { _tag, ...detail } = finding
      const place = "position" in finding ? placeOf(linted, report, variant, finding) : {}
      const name = "nameIndex" in finding ? { name: toldOf(linted, finding.nameIndex) } : {}
      return { variant, kind: _tag, ...detail, ...place, ...name }
    })
  }))

const extremeJson = (extreme: TemplateLint.Extreme, linted: Linted) => ({
  name: extreme.nameIndex === null ? null : toldOf(linted, extreme.nameIndex),
  month: extreme.month.slice(5),
  encoding: extreme.size.encoding,
  units: extreme.size.units,
  segments: extreme.size.segments,
  parts: extreme.size.parts,
  cost: amount(extreme.costMicros)
})

const toldOf = ({ tried }: Linted, index: number): string => tried[index]?.told ?? String(index)

/** An amount of millionths with two decimals or as many as it needs. */
const amount = (micros: bigint): string => {
  const digits = String(micros).padStart(7, "0")
  const decimals = digits.slice(-6).replace(/0{1,4}$/u, "")
  return `${digits.slice(0, -6)}.${decimals}`
}

const placeOf = (
  { set }: Linted,
  { language }: TemplateLint.LanguageReport,
  variant: MessageSet.Variant,
  { position }: { readonly position: number }
): TextPlace.TextPlace => {
  const template = set.variants[language]?.[variant]
  return TextPlace.of(template === undefined ? "" : MessageTemplate.source(template), position)
}

/** Everything for people. */
export const text = (linted: Linted): ReadonlyArray<string> => {
  const { derived, price, reports, template, tried } = linted
  return [
    `${template}: ${tried.length} names in 12 months, a segment at ${price}`,
    "",
    ...sizes(linted),
    ...(derived ? ["", "The text without a name is ours: {CustomerFirstName} taken out."] : []),
    ...reports.flatMap((report) => advice(linted, report))
  ]
}

const sizes = (linted: Linted): ReadonlyArray<string> =>
  TerminalOutput.table(
    ["language", "message", "encoding", "units", "segments", "cost", "100,000 cost", "with"],
    linted.reports.flatMap(({ language, largest, smallest }) =>
      [["smallest", smallest] as const, ["largest", largest] as const].map(([which, extreme]) =>
        extreme === null
          ? [language, which, "none fits"]
          : [
              language,
              which,
              extreme.size.encoding,
              extreme.size.units,
              extreme.size.segments,
              amount(extreme.costMicros).padStart(6),
              hundredThousand(extreme.costMicros).padStart(12),
              nameOf(linted, extreme.nameIndex)
            ]
      )
    )
  )

const hundredThousand = (micros: bigint): string =>
  ((micros * 100_000n) / 1_000_000n).toLocaleString("en")

const nameOf = (linted: Linted, index: number | null): string =>
  index === null ? "no name" : toldOf(linted, index)

/** A long list of names says no more than its first ones. */
const mostNamesTold = 5

const advice = (linted: Linted, report: TemplateLint.LanguageReport): ReadonlyArray<string> => {
  const told = new Map<string, Array<string>>()
  for (const { finding, variant } of report.findings) {
    const place = "position" in finding ? placeOf(linted, report, variant, finding) : undefined
    const at = place === undefined ? "" : `${place.line}:${place.column} `
    const line = `${at}${sentence(linted, finding)}`
    told.set(line, [...(told.get(line) ?? []), variant])
  }
  const names = Array.from(told.keys()).filter((line) => line.startsWith("name "))
  const hidden = new Set(names.slice(mostNamesTold))
  const lines = Array.from(told)
    .filter(([line]) => !hidden.has(line))
    .map(([line, variants]) =>
      variants.includes("named") ? `  ${line}` : `  ${line} (without a name)`
    )
  return [
    "",
    `${report.language}: ${told.size === 0 ? "nothing to say against it" : "worth knowing"}`,
    ...lines,
    ...(hidden.size === 0 ? [] : [`  and ${hidden.size} more names like these: see --json`]),
    ...(report.unrenderable === 0 ? [] : [`  ${report.unrenderable} names give no message at all`])
  ]
}

const sentence = (linted: Linted, finding: TemplateLint.Finding): string => {
  switch (finding._tag) {
    case "EncodingTrap":
      return (
        `“${finding.character}” (${character(finding.character)}) makes the whole text UCS-2: ` +
        (finding.replacement === null
          ? "word it without this letter"
          : `write ${finding.replacement === "" ? "nothing" : `“${finding.replacement}”`} instead`)
      )
    case "InvisibleCharacter":
      return `${TextPlace.codePoint(finding.codePoint)} shows nothing and costs a unit: remove it`
    case "ExtensionCharacter":
      return `“${finding.character}” costs two septets`
    case "WastedBlank":
      return "a blank at the end of a line"
    case "Link":
      return `a link (${finding.text}): carriers filter links, and a thank-you needs none`
    case "ReplyOnOneWaySender":
      return `asks for the reply “${finding.word}”, which this sender cannot receive`
    case "OptOutMissing":
      return "an advertisement that names no word to stop it"
    case "LeadingDirection":
      return "may be laid out left to right: begin with a letter of its own script"
    case "NameAddsSegments":
      return addsSegments(linted, finding)
    case "NameRefused":
      return `name ${toldOf(linted, finding.nameIndex)} is not printed: ${finding.reason}`
    case "NameLeftOut":
      return `name ${toldOf(linted, finding.nameIndex)} makes it too long and is left out`
  }
}

const addsSegments = (
  linted: Linted,
  { blocker, from, nameIndex, to }: Extract<TemplateLint.Finding, { _tag: "NameAddsSegments" }>
): string => {
  const why =
    blocker === null ? "its length" : `“${blocker}” (${character(blocker)}) is not in GSM-7`
  return `${segmentsBecome(from)} ${to} with ${toldOf(linted, nameIndex)}: ${why}`
}

const segmentsBecome = (from: number): string =>
  from === 1 ? "1 segment becomes" : `${from} segments become`

const character = (text: string): string => TextPlace.codePoint(text.codePointAt(0) ?? 0)
