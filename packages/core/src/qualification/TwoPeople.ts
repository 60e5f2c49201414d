/**
 * Whether two names are two people: the one form in which names are compared.
 *
 * Guarantees that nobody is a second person by writing their own name in another way.
 */

/**
 * A person's name in the form in which two are compared: compatibility forms as one, spaces as one,
 * letter case aside.
 */
export const person = (name: string): string =>
  name.normalize("NFKC").replace(/\s+/gu, " ").trim().toLowerCase()

/**
 * Whether two names are one person's. A name that is empty is nobody's, and so never another's.
 *
 * **Source** — product rules, "Days": waive and grant take two people; delivery protocol 1.2.
 */
export const isSame = (one: string, other: string): boolean =>
  person(one) === "" || person(other) === "" || person(one) === person(other)
