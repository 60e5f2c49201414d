/**
 * Reads off a property file what stands beside its laws: the source of each `describe` and the
 * planted bug each `it` caught.
 */

/** A law as it is written. */
export interface WrittenLaw {
  /** Line of its `it`, from 1. */
  readonly line: number
  readonly name: string
  readonly caught: string
}

/** A `describe` with the laws that stand in it directly. */
export interface WrittenGroup {
  readonly line: number
  readonly name: string
  /** Where the rule comes from, in one line; empty where nothing is stated. */
  readonly source: string
  readonly laws: ReadonlyArray<WrittenLaw>
}

const oneLine = (comment: string): string =>
  comment
    .replace(/^\s*\/?\*+\/?|\*\/\s*$|^\s*\/\/ ?/gmu, "")
    .replace(/\s+/gu, " ")
    .trim()

/** The comment that ends on the line before `index`, if there is one. */
const commentBefore = (lines: ReadonlyArray<string>, index: number): string => {
  let from = index
  const above = lines[index - 1]?.trim() ?? ""
  if (above.startsWith("//")) {
    while (lines[from - 1]?.trim().startsWith("//") === true) from--
  } else if (above.endsWith("*/")) {
    do from--
    while (from > 0 && lines[from]?.trim().startsWith("/*") !== true)
  }
  return oneLine(lines.slice(from, index).join("\n"))
}

const sourceIn = (comment: string): string => /\*\*Source\*\* — (.*)$/u.exec(comment)?.[1] ?? ""

/** The text of a call such as `it("…", ` or `it.each(cases)("…", `, which may be on a later line. */
const nameAt = (lines: ReadonlyArray<string>, index: number): string =>
  /(["'`])((?:\\.|(?!\1).)*)\1/u.exec(lines.slice(index, index + 3).join("\n"))?.[2] ?? ""

/**
 * The groups of a file in the order they are written. Where one states no source, that of the group
 * around it counts, at last the file's own.
 */
export const groupsIn = (text: string): ReadonlyArray<WrittenGroup> => {
  const lines = text.split("\n")
  const head = /^\/\*\*[\s\S]*?\*\//u.exec(text)?.[0] ?? ""
  const fileSource = sourceIn(oneLine(head))
  const groups: Array<{ -readonly [K in keyof WrittenGroup]: WrittenGroup[K] }> = []
  /** The groups around the present line, outermost first. */
  const around: Array<{ readonly depth: number; readonly source: string }> = []
  for (const [index, line] of lines.entries()) {
    const name = nameAt(lines, index)
    if (/^\s*describe\b/u.test(line)) {
      const depth = line.search(/\S/u)
      while ((around.at(-1)?.depth ?? -1) >= depth) around.pop()
      const stated = sourceIn(commentBefore(lines, index))
      const source = stated === "" ? (around.at(-1)?.source ?? fileSource) : stated
      around.push({ depth, source })
      groups.push({ line: index + 1, name, source, laws: [] })
    }
    const group = groups.at(-1)
    if (group === undefined || !/^\s+(?:it|test)(?:\.\w+)?\(/u.test(line)) continue
    const caught = /^Caught: (.*)$/u.exec(commentBefore(lines, index))?.[1] ?? ""
    group.laws = [...group.laws, { line: index + 1, name, caught }]
  }
  return groups
}
