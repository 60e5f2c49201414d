/**
 * Who the sandbox bank's customers are: names, languages, telephones and permissions, computed from
 * the seed. No person, number or name is taken from real records.
 *
 * **Source** — product rules, "Recipient".
 */
import { type Bank, customerId } from "./SandboxBank.ts"
import * as Seeded from "./Seeded.ts"

/** What the bank tells of one customer at the moment of use. */
export interface Contact {
  readonly customerId: string
  readonly phone: string | null
  readonly firstName: string | null
  readonly language: string | null
}

/** Whether a customer may be contacted. */
export type Permission =
  | { readonly customerId: string; readonly mayContact: true; readonly consentKnown: boolean }
  | {
      readonly customerId: string
      readonly mayContact: false
      readonly kind: "suppressed" | "excluded"
      readonly reason: string
    }

const names = {
  he: [
    "דנה",
    "יוסי",
    "נועה",
    "אורי",
    "מיכל",
    "איתן",
    "תמר",
    "גיא",
    "שירה",
    "רון",
    "הדס",
    "עמית",
    "ליאור",
    "רותם",
    "יעל",
    "אסף",
    "מאיה",
    "נדב",
    "ענת",
    "אלון"
  ],
  en: ["Dana", "Daniel", "Ruth", "Adam", "Zoë", "Michael", "Sarah", "François", "Emma", "Leo"],
  ru: ["Анна", "Михаил", "Ольга", "Борис", "Елена", "Игорь", "Светлана", "Павел"],
  ar: ["ليلى", "عمر", "سلمى", "يوسف", "مريم", "كريم", "هدى", "سامي"]
} as const

const languages: ReadonlyArray<keyof typeof names> = [
  "he",
  "he",
  "he",
  "he",
  "he",
  "he",
  "he",
  "he",
  "he",
  "he",
  "he",
  "he",
  "he",
  "en",
  "en",
  "ru",
  "ru",
  "ru",
  "ar",
  "ar"
]

/** Mobile numbers of Israel: a hundred thousand begin 052-70, the next two million 052-8 and -9. */
const first = 100_000

/** A number of its own for each customer, in international form. Valid by plan, given to nobody. */
export const mobileOf = (index: number): string => {
  if (index < first) {
    // 48,271 and 100,000 have no common factor: every index gets another number.
    return `+9725270${String((index * 48_271 + 7) % first).padStart(5, "0")}`
  }
  const beyond = (index - first) % 2_000_000
  return `+97252${8 + Math.floor(beyond / 1_000_000)}${String(beyond % 1_000_000).padStart(6, "0")}`
}

const national = (e164: string): string => `0${e164.slice(4)}`

/**
 * The number as a bank keeps it.
 *
 * **Outcomes** — 94 % mobile in one of four spellings, 2 % none, 2 % a landline, 1 % blank, 1 % no
 * number at all.
 */
const phoneOf = (bank: Bank, index: number): string | null => {
  const mobile = mobileOf(index)
  const draw = Seeded.below(100, bank.sites.person, index)
  if (draw < 2) return null
  if (draw < 4) return `03-602${String(index % 10_000).padStart(4, "0")}`
  if (draw < 5) return ""
  if (draw < 6) return "052-12"
  const local = national(mobile)
  switch (draw % 4) {
    case 0:
      return mobile
    case 1:
      return local
    case 2:
      return `${local.slice(0, 3)}-${local.slice(3, 6)}-${local.slice(6)}`
    default:
      return `\u200e${local.slice(0, 3)}-${local.slice(3)}`
  }
}

/** Contact data of the customer at an index. One in forty has no language of their own. */
export const contactOf = (bank: Bank, index: number): Contact => {
  const language = languages[Seeded.below(languages.length, bank.sites.person, index, 1)] ?? "he"
  const known = names[language]
  const name = known[Seeded.below(known.length, bank.sites.person, index, 2)] ?? null
  const draw = Seeded.below(40, bank.sites.person, index, 3)
  return {
    customerId: customerId(index),
    phone: phoneOf(bank, index),
    firstName: draw === 1 ? null : name,
    language: draw === 0 ? null : language
  }
}

const exclusions = ["DECEASED", "LEGAL_HOLD", "FLAGGED"] as const

/** 1.5 % are suppressed, 0.5 % excluded; of the others nine in ten have known consent. */
export const permissionOf = (bank: Bank, index: number): Permission => {
  const id = customerId(index)
  const draw = Seeded.below(1000, bank.sites.person, index, 4)
  if (draw < 5) {
    const reason = exclusions[draw % exclusions.length] ?? "FLAGGED"
    return { customerId: id, mayContact: false, kind: "excluded", reason }
  }
  if (draw < 20) {
    const reason = draw % 3 === 0 ? "COMPLAINT" : "OPTED_OUT"
    return { customerId: id, mayContact: false, kind: "suppressed", reason }
  }
  return { customerId: id, mayContact: true, consentKnown: draw % 10 !== 0 }
}
