/**
 * The customers of a run, by index: who can be reached, who may be written to, who was a customer
 * when. Drawn, not read from any system, so that an auditor knows them as well.
 *
 * **Source** — product rules, Recipient and Days.
 */
import * as BusinessDate from "../../calendar/BusinessDate.ts"
import type { BankAnswer } from "../../recipient/MayContact.ts"
import * as Msisdn from "../../recipient/Msisdn.ts"
import * as Seeded from "../Seeded.ts"
import * as SandboxPeople from "../SandboxPeople.ts"
import type { Era } from "./Era.ts"

export interface Person {
  readonly accountId: string
  readonly customerId: string
  readonly phone: "mobile" | "landline" | "invalid" | "none"
  readonly check: Msisdn.PhoneCheck | null
  readonly bank: BankAnswer
  readonly firstName: string | null
  readonly language: string | null
  /** Epoch days; a person was a customer from the one up to the other. */
  readonly openedDay: number
  readonly closedDay: number
  readonly opened: BusinessDate.BusinessDate | undefined
  readonly closed: BusinessDate.BusinessDate | undefined
}

const may: BankAnswer = { _tag: "MayContact", consentKnown: true }
const deceased: BankAnswer = { _tag: "MayNotContact", kind: "excluded", reason: "DECEASED" }
const asked: BankAnswer = { _tag: "MayNotContact", kind: "suppressed", reason: "ASKED_AT_BRANCH" }

const names = ["Dana", "דנה", "François", "Noor", null, "محمد", "Анна", "a.b.com"]
const languages = ["he", "en", "ar", "ru", null, "iw-IL", "fr", "he"]

/** Numbering plans are slow to ask: once per number and process. */
const checks = new Map<string, Msisdn.PhoneCheck>()

const checkOf = (text: string): Msisdn.PhoneCheck => {
  let known = checks.get(text)
  if (known === undefined) checks.set(text, (known = Msisdn.check(text, "IL")))
  return known
}

/** The people of a run. */
export const ofSeed = (seed: number, count: number, era: Era): ReadonlyArray<Person> => {
  const site = Seeded.site(seed, "people")
  const first = era.months[1]?.firstDay ?? 0
  const last = era.months.at(-1)
  const span = (last?.firstDay ?? 0) + (last?.days ?? 0) - first
  return Array.from({ length: count }, (_, index) => {
    const draw = (limit: number, n: number) => Seeded.below(limit, site, index, n)
    const reach = draw(100, 1)
    const phone = reach < 90 ? "mobile" : reach < 94 ? "landline" : reach < 97 ? "invalid" : "none"
    const permission = draw(100, 2)
    const openedDay = draw(100, 3) < 8 ? first + draw(span, 4) : -Infinity
    const closedDay = draw(100, 5) < 8 ? first + draw(span, 6) : Infinity
    return {
      accountId: `a${index}`,
      customerId: `c${index}`,
      phone,
      check: phone === "none" ? null : checkOf(textOf(phone, index)),
      bank: permission < 94 ? may : permission < 97 ? deceased : asked,
      firstName: names[draw(names.length, 7)] ?? null,
      language: languages[draw(languages.length, 8)] ?? null,
      openedDay,
      closedDay: closedDay <= openedDay ? Infinity : closedDay,
      opened: dateOf(openedDay),
      closed: closedDay <= openedDay ? undefined : dateOf(closedDay)
    }
  })
}

const textOf = (phone: "mobile" | "landline" | "invalid", index: number): string =>
  phone === "mobile" ? SandboxPeople.mobileOf(index) : phone === "landline" ? "036012345" : "12"

const dateOf = (day: number): BusinessDate.BusinessDate | undefined =>
  Number.isFinite(day) ? BusinessDate.fromEpochDay(day) : undefined
