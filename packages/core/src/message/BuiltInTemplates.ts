/**
 * The templates that ship: the original architecture's, and a short Hebrew-first set.
 *
 * Each has a variant that does without the customer's name, for customers whose name is unknown,
 * refused, or makes the text too long.
 */
import type { Language } from "./Language.ts"

/** The two texts of one language; `withoutName` never asks for the name. */
export type TemplateTexts = { readonly text: string; readonly withoutName: string }

/** Texts by language; a language left out falls back to the policy's. */
export type TemplateSet = { readonly [L in Language]?: TemplateTexts }

const ORIGINAL_BODY = `

We appreciate your continued loyalty! As a valued customer, 
you've maintained a premium balance throughout {MonthName}. 
Thank you for your trust.

[Learn about premium benefits: https://bank.example/premium]

Reply STOP to opt out.`

/**
 * The template of the original architecture, character by character.
 *
 * Two segments with a name written in GSM-7; four with one Hebrew or accented letter in the name.
 *
 * **Source** — original architecture § 3.3
 */
export const ORIGINAL: TemplateSet = {
  en: {
    text: `Hello {CustomerFirstName},${ORIGINAL_BODY}`,
    withoutName: `Hello,${ORIGINAL_BODY}`
  }
}

/**
 * The default set: a thank-you that fits one segment with most names, in every script.
 *
 * The right-to-left texts begin with a letter of their own script, so that a Latin name does not
 * turn
 * the paragraph around.
 *
 * **Source** — product rules, Message: a short Hebrew-first default
 */
export const DEFAULT: TemplateSet = {
  he: {
    text: "שלום {CustomerFirstName}, תודה ששמרת על יתרת פרימיום לאורך {MonthName}.",
    withoutName: "שלום, תודה ששמרת על יתרת פרימיום לאורך {MonthName}."
  },
  en: {
    text: "Hello {CustomerFirstName}, thank you for your premium balance throughout {MonthName}.",
    withoutName: "Hello, thank you for your premium balance throughout {MonthName}."
  },
  ar: {
    text: "مرحبا {CustomerFirstName}، شكرا لحفاظك على رصيد مميز طوال {MonthName}.",
    withoutName: "مرحبا، شكرا لحفاظك على رصيد مميز طوال {MonthName}."
  },
  ru: {
    text: "{CustomerFirstName}, спасибо за премиальный баланс за {MonthName}.",
    withoutName: "Спасибо за премиальный баланс за {MonthName}."
  }
}
