/**
 * The GSM 7-bit default alphabet and its extension table.
 *
 * Guarantees one answer to "what does this UTF-16 unit cost": 1 septet (default table), 2 septets
 * (extension table, sent as ESC and a code), or 0: not in the alphabet, so the whole text is UCS-2.
 * National language tables are left out on purpose: a receiver that does not know them shows other
 * letters (TS 23.038 annex C.3), and there is none for Hebrew, Arabic or Russian.
 *
 * **Source** — 3GPP TS 23.038 clause 6.2.1 (default alphabet), 6.2.1.1 (extension table)
 */

/** ESC, the septet that announces a code of the extension table; never a character of a text. */
export const ESCAPE = 0x1b

/** The 128 characters of the default table in code order; position 0x1B is the escape itself. */
const DEFAULT_TABLE =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

/** Code and character of each entry of the extension table. */
const EXTENSION_TABLE: ReadonlyArray<readonly [code: number, character: string]> = [
  [0x0a, "\f"],
  [0x14, "^"],
  [0x28, "{"],
  [0x29, "}"],
  [0x2f, "\\"],
  [0x3c, "["],
  [0x3d, "~"],
  [0x3e, "]"],
  [0x40, "|"],
  [0x65, "€"]
]

/**
 * Cost in septets of every UTF-16 code unit: 0 outside GSM-7, 1 default table, 2 extension table.
 *
 * One entry for each of the 65,536 units, so that a look-up needs no bounds check and no allocation.
 *
 * **Source** — 3GPP TS 23.038 clauses 6.2.1 and 6.2.1.1
 */
export const SEPTETS: Uint8Array = septetTable()

/** Code of each unit in its table; meaningful only where `SEPTETS` is not 0. */
const CODES: Uint8Array = codeTable()

/** Character of each extension code; 0 where the code is undefined. */
const EXTENDED: Uint16Array = extendedTable()

/**
 * Decides whether every character of a text is in the default or the extension table.
 *
 * A raw U+001B is not text and answers `false`.
 *
 * **Source** — 3GPP TS 23.038 clause 6.2.1
 */
export const isGsm7 = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    if (SEPTETS[text.charCodeAt(at)] === 0) return false
  }
  return true
}

/**
 * The septets of a text, one per octet and unpacked, as SMPP `data_coding` 0 carries them.
 *
 * **Outcomes, first match wins**
 * 1. `undefined` — a character is outside the alphabet
 * 2. the octets, each 0–127
 *
 * **Source** — 3GPP TS 23.038 clauses 6.2.1 and 6.2.1.1
 */
export const encode = (text: string): Uint8Array | undefined => {
  const septets = new Uint8Array(text.length * 2)
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    const cost = SEPTETS[unit]
    if (cost === 0) return undefined
    if (cost === 2) septets[length++] = ESCAPE
    septets[length++] = CODES[unit] ?? 0
  }
  return septets.slice(0, length)
}

/**
 * The text of unpacked septets, as a handset shows it.
 *
 * An escape before a code the extension table does not define shows the default character of that
 * code; a doubled or final escape shows a space. The top bit of each octet is ignored.
 *
 * **Source** — 3GPP TS 23.038 clause 6.2.1.1, notes 1 and 3
 */
export const decode = (septets: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < septets.length; at++) {
    const code = (septets[at] ?? 0) & 0x7f
    if (code !== ESCAPE) {
      text += DEFAULT_TABLE.charAt(code)
      continue
    }
    const next = at + 1 < septets.length ? (septets[++at] ?? 0) & 0x7f : ESCAPE
    const extended = EXTENDED[next] ?? 0
    if (next === ESCAPE) text += " "
    else text += extended === 0 ? DEFAULT_TABLE.charAt(next) : String.fromCharCode(extended)
  }
  return text
}

function septetTable(): Uint8Array {
  const table = new Uint8Array(0x1_0000)
  for (let code = 0; code < DEFAULT_TABLE.length; code++) {
    if (code !== ESCAPE) table[DEFAULT_TABLE.charCodeAt(code)] = 1
  }
  for (const [, character] of EXTENSION_TABLE) table[character.charCodeAt(0)] = 2
  return table
}

function codeTable(): Uint8Array {
  const table = new Uint8Array(0x1_0000)
  for (let code = 0; code < DEFAULT_TABLE.length; code++) {
    table[DEFAULT_TABLE.charCodeAt(code)] = code
  }
  for (const [code, character] of EXTENSION_TABLE) table[character.charCodeAt(0)] = code
  return table
}

function extendedTable(): Uint16Array {
  const table = new Uint16Array(0x80)
  for (const [code, character] of EXTENSION_TABLE) table[code] = character.charCodeAt(0)
  return table
}
