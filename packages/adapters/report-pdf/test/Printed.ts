/**
 * A reader for our PDFs: their text in reading order, from the page streams and the fonts' own maps
 * back to characters. It knows what @react-pdf/renderer writes, and no more of PDF.
 *
 * **Source** — ISO 32000-2, 9.4 (text objects) and 9.10.3 (ToUnicode maps).
 */
import { inflateSync } from "node:zlib"

/** The objects of a file by number: their dictionary, and their stream where they have one. */
const objects = (bytes: Uint8Array) => {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")
  const found = new Map<string, { readonly dictionary: string; readonly stream: string }>()
  for (const [, id = "", body = ""] of file.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const [, dictionary = body, packed] =
      /^([\s\S]*?)\nstream\n([\s\S]*?)\nendstream/.exec(body) ?? []
    const stream =
      packed === undefined
        ? ""
        : dictionary.includes("/FlateDecode")
          ? inflateSync(Buffer.from(packed, "latin1")).toString("latin1")
          : packed
    found.set(id, { dictionary, stream })
  }
  return found
}

const utf16 = (hex: string): string =>
  (hex.match(/.{4}/g) ?? []).map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join("")

/** Glyph codes to characters, from a ToUnicode map. */
const characterMap = (cmap: string): ReadonlyMap<number, string> => {
  const map = new Map<number, string>()
  for (const [, block = ""] of cmap.matchAll(/beginbfrange\n([\s\S]*?)endbfrange/g)) {
    for (const [, first = "", list = ""] of block.matchAll(/<(\w+)> <\w+> \[([^\]]*)\]/g)) {
      let code = Number.parseInt(first, 16)
      for (const [, hex = ""] of list.matchAll(/<([\w ]*)>/g))
        map.set(code++, utf16(hex.replaceAll(" ", "")))
    }
  }
  return map
}

const mirrored: Readonly<Record<string, string>> = {
  "(": ")",
  ")": "(",
  "[": "]",
  "]": "[",
  "‹": "›",
  "›": "‹"
}

const reversed = (text: string): string => Array.from(text).toReversed().join("")

/** What is read from the left within a line read from the right. */
const fromLeft = /[A-Za-z0-9‹](?:[\w .,:\-‹›+%]*[\w›%])?/g

/** A line as it is read, from one as it stands. */
const asRead = (line: string): string =>
  /[\u05d0-\u05ea]/.test(line)
    ? reversed(line)
        .replace(/[()[\]‹›]/g, (bracket) => mirrored[bracket] ?? bracket)
        .replace(fromLeft, reversed)
    : line

/** The lines of all pages, in the order they were set. */
export const lines = (bytes: Uint8Array): ReadonlyArray<string> => {
  const all = objects(bytes)
  const reference = (dictionary: string, key: string): string =>
    new RegExp(`/${key} (\\d+) 0 R`).exec(dictionary)?.[1] ?? ""
  const fonts = new Map<string, ReadonlyMap<number, string>>()
  for (const { dictionary } of all.values()) {
    const [, listed = ""] = /\/Font <<\s*([\s\S]*?)>>/.exec(dictionary) ?? []
    for (const [, name = "", id = ""] of listed.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const cmap = reference(all.get(id)?.dictionary ?? "", "ToUnicode")
      fonts.set(name, characterMap(all.get(cmap)?.stream ?? ""))
    }
  }
  const found: Array<string> = []
  for (const { dictionary } of all.values()) {
    if (!/\/Type \/Page\n/.test(dictionary)) continue
    let font: ReadonlyMap<number, string> | undefined
    let line = ""
    const page = all.get(reference(dictionary, "Contents"))?.stream ?? ""
    for (const [operation, , down, name, shown] of page.matchAll(
      /1 0 0 1 (\S+) (\S+) cm|\/(F\d+) \S+ Tf|\[([^\]]*)\] TJ/g
    )) {
      if (name !== undefined) font = fonts.get(name)
      else if (shown !== undefined) {
        for (const [, hex = ""] of shown.matchAll(/<(\w*)>/g)) {
          for (const code of hex.match(/.{4}/g) ?? []) {
            line += font?.get(Number.parseInt(code, 16)) ?? "\ufffd"
          }
        }
      } else if (operation !== "" && down !== "0" && line !== "") {
        found.push(asRead(line))
        line = ""
      }
    }
    found.push(asRead(line))
  }
  return found
}
