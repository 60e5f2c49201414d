/**
 * Replies that stop or resume the messages.
 *
 * The whole message must be a configured word: "Stop texting me" is a sentence for a person to
 * read, "STOP." and הָסֵר with direction marks are opt-outs. A multipart reply is joined before it
 * comes here.
 */

/** What the sender of the reply asks for. */
export type OptOutAction = "stop" | "start" | "help"

/** One configured word or phrase. */
export type Keyword = {
  readonly action: OptOutAction
  readonly language: string
  readonly word: string
}

/** The word a message was, as configured. */
export type OptOut = {
  readonly action: OptOutAction
  readonly keyword: string
  readonly language: string
}

/** Configured words by their normalised form. */
export type Keywords = ReadonlyMap<string, OptOut>

const WORDS: ReadonlyArray<readonly [OptOutAction, string, ReadonlyArray<string>]> = [
  ["stop", "en", ["STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"]],
  ["stop", "en", ["REVOKE", "OPTOUT", "OPT-OUT", "REMOVE"]],
  [
    "stop",
    "he",
    ["הסר", "הסירו", "הסרה", "להסרה", "הסר אותי", "הסירו אותי", "תסירו אותי", "הסירוני"]
  ],
  ["stop", "ar", ["توقف", "إيقاف"]],
  ["stop", "ru", ["СТОП"]],
  ["start", "en", ["START", "UNSTOP"]],
  ["start", "he", ["הצטרף", "חזור"]],
  ["help", "en", ["HELP", "INFO"]],
  ["help", "he", ["עזרה"]]
]

/**
 * The words a programme understands unless its policy says otherwise.
 *
 * Left out because people mean other things by them: YES, ביטול, די, עצור, לא.
 *
 * **Source** — product rules, Recipient; carriers' common English set; הסר is the word Israeli
 * messages name, its variants are this program's
 */
export const DEFAULT_KEYWORDS: ReadonlyArray<Keyword> = WORDS.flatMap(([action, language, words]) =>
  words.map((word) => ({ action, language, word }))
)

/**
 * Prepares configured words for matching; of two that normalise alike the first counts.
 *
 * A word of which nothing is left after normalising is dropped: it would match an empty reply.
 */
export const keywords = (configured: ReadonlyArray<Keyword>): Keywords => {
  const byForm = new Map<string, OptOut>()
  for (const { action, language, word } of configured) {
    const form = normalise(word)
    if (form !== "" && !byForm.has(form)) byForm.set(form, { action, keyword: word, language })
  }
  return byForm
}

/**
 * Decides whether a reply is one of the configured words.
 *
 * **Outcomes** — the word it is, or `undefined`: a message for a person, not a command
 *
 * **Source** — product rules, Recipient: the whole normalised message
 *
 * @example
 * ```ts
 * OptOut.match(" \u200fהָסֵר. ", OptOut.keywords(OptOut.DEFAULT_KEYWORDS))?.action // => "stop"
 * ```
 */
export const match = (text: string, words: Keywords): OptOut | undefined =>
  text.length > MOST_CHARACTERS ? undefined : words.get(normalise(text))

/**
 * The form two spellings of one word share.
 *
 * NFKC; invisible characters, niqqud and quotes removed; punctuation and blanks around the text
 * removed; blanks within collapsed; case folded. Normalising twice changes nothing.
 *
 * **Source** — product rules, Recipient: NFKC, bidi marks and niqqud removed, case folded
 */
export const normalise = (text: string): string =>
  text
    .normalize("NFKC")
    .replace(UNSEEN, "")
    // Case folding by the runtime's tables: ẞ and ß meet only when lower case comes first.
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize("NFKC")
    .replace(BLANKS, " ")
    .replace(AROUND, "")

/** Longer replies are sentences; the bound keeps hostile input cheap. */
const MOST_CHARACTERS = 400

/** Invisible characters; Hebrew points and accents, not maqaf U+05BE; quotes, geresh, gershayim. */
const UNSEEN =
  /[\p{Default_Ignorable_Code_Point}\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"'`´\u2018-\u201f\u2032\u2033«»\u05f3\u05f4]/gu

const BLANKS = /[\s\p{Cc}]+/gu

const AROUND =
  /^[\s.,;:!?\u061f\u060c\u05be\u05c3()[\]-]+|[\s.,;:!?\u061f\u060c\u05be\u05c3()[\]-]+$/gu
