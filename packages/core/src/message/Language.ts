/**
 * The languages messages are written in, and the names of the months in each.
 *
 * The names are a table, not `Intl`: a message must read the same on every runtime, whatever
 * release
 * of the locale data it carries.
 */
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"

/** ISO 639-1 code of a language that has built-in templates. */
export type Language = "he" | "en" | "ar" | "ru"

/** Every language, in the order reports list them. */
export const LANGUAGES: ReadonlyArray<Language> = ["he", "en", "ar", "ru"]

const NAMES: Readonly<Record<Language, string>> = {
  he: "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
  en: "January February March April May June July August September October November December",
  ar: "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
  ru: "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"
}

const BY_MONTH: Readonly<Record<Language, ReadonlyArray<string>>> = {
  he: NAMES.he.split(" "),
  en: NAMES.en.split(" "),
  ar: NAMES.ar.split(" "),
  ru: NAMES.ru.split(" ")
}

/**
 * The name of a month as it stands in a sentence: nominative, without the year.
 *
 * A month no calendar has, which the brand forbids, would be printed as it is written.
 *
 * **Source** — product rules, Message (localised month names); Unicode CLDR, stand-alone wide
 * months
 *
 * @example
 * ```ts
 * import { CalendarMonth } from "@tidemark/core/rules"
 * const month = CalendarMonth.parse("2026-09")
 * month && Language.monthName("he", month) // => "ספטמבר"
 * ```
 */
export const monthName = (language: Language, month: CalendarMonth): string =>
  BY_MONTH[language][Number(month.slice(5, 7)) - 1] ?? month

/**
 * The language a bank's record names.
 *
 * Only the primary part of a BCP 47 tag counts, in any case; `iw` is the old code of Hebrew.
 *
 * **Outcomes** — the language, or `undefined` when there is none or it has no templates
 */
export const parse = (tag: string | null): Language | undefined => {
  if (tag === null) return undefined
  const primary = (/^[a-z]+/i.exec(tag.trim())?.[0] ?? "").toLowerCase()
  return LANGUAGES.find((language) => language === (primary === "iw" ? "he" : primary))
}
