/**
 * The style rules no linter knows, as one test: each violation is listed as file:line, with what to
 * write instead. Function length, focused tests and repeated titles are the linter's
 * (scripts/moduleRules.ts).
 *
 * **Source** product rules, style; CONTRIBUTING.md.
 */
import { execFileSync } from "node:child_process"
import { existsSync, globSync, readFileSync } from "node:fs"
import { basename, extname, join } from "node:path"
import { assert, describe, it } from "vitest"
import { rooms } from "./moduleRules.ts"

const root = join(import.meta.dirname, "..")

interface File {
  readonly path: string
  readonly lines: ReadonlyArray<string>
  /** The same lines without comments and without what stands inside quotes. */
  readonly code: ReadonlyArray<string>
}

const notCode = new RegExp(
  [
    String.raw`\/\*[\s\S]*?\*\/`,
    String.raw`\/\/[^\n]*`,
    String.raw`"(?:\\.|[^"\\\n])*"`,
    String.raw`'(?:\\.|[^'\\\n])*'`,
    "`(?:\\\\.|[^`\\\\])*`",
    // A regular expression stands where no operand can end.
    String.raw`(?<=[=(,:[!&|?{};\n>]\s*)\/(?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\n\\[])+\/`
  ].join("|"),
  "g"
)

/** Blanks comments and literals, keeping every line break, so that a ban sees code only. */
const codeOf = (text: string): string =>
  text.replace(notCode, (found) => found.replace(/[^\n]/g, " "))

const read = (path: string): File => {
  const text = readFileSync(join(root, path), "utf8")
  return { path, lines: text.split("\n"), code: codeOf(text).split("\n") }
}

/** What git knows or would add: generated and ignored files are nobody's style. */
const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8"
})
const files = listed
  .split("\n")
  .filter((path) => /\.(?:ts|mjs|md)$/.test(path) && existsSync(join(root, path)))
  .toSorted()
  .map((path) => read(path))

const under = (...folders: ReadonlyArray<string>) =>
  files.filter(
    ({ path }) => path.endsWith(".ts") && folders.some((folder) => path.startsWith(folder))
  )
const sources = files.filter(({ path }) => /^packages\/.*\/src\/.*\.ts$/.test(path))
const core = under("packages/core/src/")
const adapters = sources.filter(({ path }) => path.startsWith("packages/adapters/"))
const roomFiles = under(...rooms.map((room) => `packages/core/src/${room}/`))
const documents = files.filter(({ path }) => path.endsWith(".md"))
const tests = files.filter(({ path }) => path.endsWith(".test.ts"))

const none = (violations: ReadonlyArray<string>) => {
  if (violations.length > 0) {
    assert.fail(`${violations.length} violations\n${violations.join("\n")}`)
  }
}

const matches = (
  where: ReadonlyArray<File>,
  pattern: RegExp,
  instead: string,
  part: "code" | "lines" = "code"
): ReadonlyArray<string> =>
  where.flatMap((file) =>
    file[part].flatMap((line, index) => {
      const found = pattern.exec(line)
      return found === null ? [] : [`${file.path}:${index + 1}: ${found[0].trim()}: ${instead}`]
    })
  )

describe("sizes", () => {
  it("no line is longer than 100 columns, but in tables, fences and addresses of documents", () => {
    none(
      files.flatMap(({ path, lines }) => {
        let fenced = false
        return lines.flatMap((line, index) => {
          if (path.endsWith(".md") && /^\s*```/.test(line)) fenced = !fenced
          // What a command printed stands in a document as it was printed.
          const exempt = path.endsWith(".md") && (fenced || /^\s*\||https?:/.test(line))
          // The title of a test says its law in one piece; a character class cannot be broken.
          const unbreakable =
            (path.endsWith(".test.ts") && /^\s*(?:it|describe)\(|^\s*name: "/.test(line)) ||
            /^\s*\/.*\/[a-z]*$/.test(line)
          const columns = unbreakable ? 0 : Array.from(line).length
          return columns > 100 && !exempt ? [`${path}:${index + 1}: ${columns} columns`] : []
        })
      })
    )
  })

  it("no rule module is longer than 300 lines", () => {
    none(
      roomFiles
        .filter(({ lines }) => lines.length > 301)
        .map(({ path, lines }) => `${path}:301: ${lines.length} lines: split it by what it decides`)
    )
  })
})

describe("documents", () => {
  it("each has exactly one title", () => {
    none(
      documents
        .filter(({ path }) => !path.startsWith(".changeset/"))
        .map(({ path, lines }) => {
          let fenced = false
          const titles = lines.filter((line) => {
            if (/^\s*```/.test(line)) fenced = !fenced
            return !fenced && line.startsWith("# ")
          })
          return { path, count: titles.length }
        })
        .filter(({ count }) => count !== 1)
        .map(({ path, count }) => `${path}:1: ${count} titles`)
    )
  })
})

describe("names", () => {
  it("no file or folder is named for nothing in particular", () => {
    const vague = /^(?:utils?|helpers?|common|managers?|services?|info|data|misc|shared|lib)$/i
    const suffixed = /(?:Utils?|Helpers?|Manager|Service|Info)$/
    none(
      files
        .filter(({ path }) => path.endsWith(".ts") || path.endsWith(".mjs"))
        .filter(({ path }) =>
          path.split("/").some((part) => {
            const name = part.split(".")[0] ?? ""
            return vague.test(name) || suffixed.test(name)
          })
        )
        .map(({ path }) => `${path}:1: name it for what it decides, holds or gives`)
    )
  })

  it("test titles are unique in their file", () => {
    none(
      tests.flatMap(({ path, lines }) => {
        const seen = new Map<string, number>()
        const scope: Array<{ readonly indent: number; readonly title: string }> = []
        return lines.flatMap((line, index) => {
          const found = /^(\s*)(describe|it|test)(?:\.[a-zA-Z]+)?\(\s*(["'`])(.+?)\3/.exec(line)
          if (found === null) return []
          const [, space = "", kind = "", , title = ""] = found
          while ((scope.at(-1)?.indent ?? -1) >= space.length) scope.pop()
          const full = [...scope.map((outer) => outer.title), title].join(" › ")
          if (kind === "describe") {
            scope.push({ indent: space.length, title })
            return []
          }
          const earlier = seen.get(full)
          seen.set(full, index + 1)
          return earlier === undefined
            ? []
            : [`${path}:${index + 1}: also at line ${earlier}: ${full}`]
        })
      })
    )
  })
})

describe("bans", () => {
  // testing/ generates its own worlds, but from seeds like everybody else.
  it("core and adapters take time and chance as arguments", () => {
    none([
      ...matches([...core, ...adapters], /\bnew Date\(/, "an argument, or effect/DateTime"),
      ...matches([...core, ...adapters], /\bDate\.now\(/, "an argument, or effect/Clock"),
      ...matches([...core, ...adapters], /\bMath\.random\(/, "an argument, or effect/Random")
    ])
  })

  it("rules are synchronous and total", () => {
    none([
      ...matches(roomFiles, /\bthrow\b/, "return the problem as a value"),
      ...matches(roomFiles, /\btry\s*\{/, "a total function and an outcome union"),
      ...matches(roomFiles, /\basync\b/, "a plain function"),
      ...matches(roomFiles, /\bawait\b/, "a plain value"),
      ...matches(roomFiles, /\bimport\(/, "a static import")
    ])
  })

  it("rules switch no types off", () => {
    none([
      ...matches(core, /\bas unknown as\b/, "a parse function"),
      ...matches(core, /@ts-(?:ignore|expect-error|nocheck)/, "types that hold", "lines"),
      ...roomFiles.flatMap(({ path, code }) => {
        const text = code.join("\n")
        return code.flatMap((line, index) =>
          Array.from(line.matchAll(/(?<!\*) as (?!const\b)([A-Z]\w*)/g)).flatMap(
            ([cast, name = ""]) => {
              // A brand may be cast to where it is made: in the file that declares it.
              const here = new RegExp(`\\btype ${name}\\b`).test(text)
              const renamed = /^\s*(?:import|export)\b/.test(line)
              return here || renamed ? [] : [`${path}:${index + 1}:${cast}: its parse function`]
            }
          )
        )
      })
    ])
  })

  it("money is never a floating number", () => {
    none([
      ...matches(sources, /\bparseFloat\(/, "Money's parse function"),
      ...matches(sources, /\.toFixed\(/, "Money's format function")
    ])
  })

  it("only files named Config read the environment", () => {
    none(
      matches(
        sources.filter(({ path }) => !basename(path).startsWith("Config")),
        /\bprocess\.env\b/,
        "a value from Config"
      )
    )
  })

  it("core prints nothing", () => {
    none(matches(core, /\bconsole\./, "effect/Effect log, or a value"))
  })

  it("nothing is left for later", () => {
    const scanned = files.filter(
      ({ path }) => extname(path) !== ".md" && !path.endsWith("/tidy.test.ts")
    )
    none([
      ...matches(scanned, /\.(?:skip|only|todo)\(/, "run it or remove it"),
      ...matches(scanned, /\b(?:FIXME|TODO)\b/, "do it or record it", "lines")
    ])
  })
})

describe("rooms", () => {
  it("every rule module has a test of its own name", () => {
    const names = new Set(
      globSync("packages/core/test/**/*.test.ts", { cwd: root }).map((path) =>
        path.replaceAll("\\", "/").replace(/\.(?:properties\.)?test\.ts$/, "")
      )
    )
    none(
      roomFiles
        // A file of types alone decides nothing.
        .filter(({ code }) => code.some((line) => /^export (?:const|function|class)\b/.test(line)))
        .map(({ path }) => path.replace("/src/", "/test/").replace(/\.ts$/, ""))
        .filter((name) => !names.has(name))
        .map((name) => `${name}.test.ts:1: missing`)
    )
  })
})

describe("ports", () => {
  const ports = under("packages/core/src/ports/")
    // A port is what declares a service; other files there are shapes shared by ports.
    .filter(({ code }) => code.some((line) => /\bContext\.Service\b/.test(line)))

  it("every port has a memory layer", () => {
    const memory = new Set(
      core
        .filter(({ lines }) => lines.some((line) => line.includes("layerMemory")))
        .map(({ path }) => basename(path, ".ts").replace(/Memory$/, ""))
    )
    none(
      ports
        .map(({ path }) => path)
        .filter((path) => !memory.has(basename(path, ".ts")))
        .map((path) => `${path}:1: no layerMemory`)
    )
  })

  it("every port has a contract suite in testing/", () => {
    const suites = under("packages/core/src/testing/").map(({ path }) => basename(path))
    none(
      ports
        .map(({ path }) => path)
        .filter((path) => !suites.some((name) => name.startsWith(basename(path, ".ts"))))
        .map((path) => `${path}:1: no contract suite`)
    )
  })
})
