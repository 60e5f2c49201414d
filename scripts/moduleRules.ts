/**
 * The module rules of the house as one table: which folder may import what. `scripts/oxlintrc.ts`
 * writes `.oxlintrc.json` from it and `scripts/moduleRules.test.ts` plants violations per folder.
 *
 * Two facts about the linter shape the code below. Overrides *replace* one another's options of a
 * rule, so each row repeats every ban that concerns it. And an allow list is a group that bans `*`
 * and takes back what is allowed; what one group takes back no later pattern of that row sees, so
 * the exceptions to an allow list stand before it or in it.
 *
 * **Source** product rules, module rules 1 to 6.
 */
import { globSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"

const root = join(import.meta.dirname, "..")

/** The rule rooms in order: a room imports only rooms before it. */
export const rooms: ReadonlyArray<string> = [
  "money",
  "calendar",
  "balance",
  "qualification",
  "recipient",
  "message",
  "delivery",
  "report",
  "schedule",
  "policy",
  "events"
]

/** What a rule room may use at run time beside the rooms before it: sync HMAC and SHA-256 … */
const anyRoomPackages = ["@noble/hashes/*"]

/** … and one room more than that. */
const roomPackages: { readonly [room: string]: ReadonlyArray<string> } = {
  calendar: ["date-fns", "date-fns/*"]
}

/** What only files named `Config*.ts` may import. */
const configModules = ["effect/Config", "effect/ConfigProvider"]

/** The one file that may know telephone numbering plans: their metadata weighs 150 KB. */
const phoneFile = "packages/core/src/recipient/Msisdn.ts"

/** Core's folders that use Effect: what each may import beside rooms, itself and Effect. */
const effectFolders: ReadonlyArray<{
  readonly folder: string
  readonly folders: ReadonlyArray<string>
  readonly packages: ReadonlyArray<string>
}> = [
  { folder: "ports", folders: [], packages: [] },
  { folder: "workflows", folders: ["ports"], packages: [] },
  { folder: "embed", folders: ["ports", "workflows"], packages: [] },
  {
    folder: "testing",
    folders: ["ports", "workflows", "embed"],
    packages: ["vitest", "fast-check"]
  }
]

/** Each adapter's own technology; core, Effect and `node:*` are everybody's. */
const adapters: ReadonlyArray<{
  readonly folder: string
  readonly packages: ReadonlyArray<string>
}> = [
  { folder: "bank-file", packages: ["csv-parse", "csv-parse/*"] },
  { folder: "bank-rest", packages: ["undici"] },
  { folder: "carrier-rest", packages: ["undici"] },
  {
    folder: "postgres",
    packages: ["@effect/sql-pg", "@effect/sql-pg/*", "@electric-sql/pglite", "pg"]
  },
  { folder: "report-excel", packages: ["exceljs"] },
  {
    folder: "report-pdf",
    packages: [
      "@react-pdf/renderer",
      "react",
      "@expo-google-fonts/heebo",
      "@expo-google-fonts/heebo/*"
    ]
  }
]

/** Globals of browsers and of Node that no module of core may touch: it runs on any runtime. */
const hostGlobals: ReadonlyArray<readonly [name: string, instead: string]> = [
  ["process", "an argument, or a port"],
  ["Buffer", "Uint8Array"],
  ["require", "import"],
  ["fetch", "a port"],
  ["XMLHttpRequest", "a port"],
  ["WebSocket", "a port"],
  ["crypto", "@noble/hashes, or the Secrets port"],
  ["performance", "effect/Clock"],
  ["setTimeout", "effect/Effect sleep"],
  ["setInterval", "effect/Schedule"],
  ["setImmediate", "effect/Effect yieldNow"],
  ["queueMicrotask", "effect/Effect yieldNow"],
  ["requestAnimationFrame", "nothing: core draws nothing"],
  ["window", "nothing: core runs on any runtime"],
  ["document", "nothing: core runs on any runtime"],
  ["navigator", "nothing: core runs on any runtime"],
  ["location", "an argument"],
  ["localStorage", "a port"],
  ["sessionStorage", "a port"],
  ["indexedDB", "a port"],
  ["name", "a declared variable: this is the window's name"],
  ["event", "a declared variable: this is the window's event"],
  ["status", "a declared variable: this is the window's status"],
  ["origin", "a declared variable: this is the window's origin"]
]

interface Pattern {
  readonly group?: ReadonlyArray<string>
  readonly regex?: string
  readonly allowTypeImports?: boolean
  readonly message: string
}

interface Override {
  readonly files: ReadonlyArray<string>
  readonly excludeFiles?: ReadonlyArray<string>
  readonly rules: { readonly [rule: string]: unknown }
}

/** Allows the folder itself and what is listed, nothing else; `not` takes back from that. */
const only = (
  allowed: ReadonlyArray<string>,
  message: string,
  not: ReadonlyArray<string> = []
): Pattern => ({
  group: ["*", ...["./**", ...allowed].map((pattern) => `!${pattern}`), ...not],
  message
})

const imports = (...patterns: ReadonlyArray<Pattern>) => ({
  "eslint/no-restricted-imports": [
    "error",
    {
      patterns: [
        { regex: "^\\./(.*/)?\\.\\.(/|$)", message: "write the path without a detour" },
        ...patterns
      ]
    }
  ]
})

const globals = (names: ReadonlyArray<readonly [string, string]>) => ({
  "eslint/no-restricted-globals": [
    "error",
    ...names.map(([name, instead]) => ({ name, message: `use ${instead}` }))
  ]
})

/**
 * Every entry point of effect without one stable export, read from the `@stability` tags of the
 * installed version: an upgrade that moves a module shows up as a changed lint file.
 */
export const unstableModules = (): ReadonlyArray<string> => {
  const src = join(root, "node_modules/effect/src")
  return globSync(["*.ts", "*/*.ts"], { cwd: src })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => basename(file) !== "index.ts" && !file.startsWith("internal/"))
    .filter((file) => {
      const text = readFileSync(join(src, file), "utf8")
      return !text.includes("@stability stable") && /@stability (unstable|experimental)/.test(text)
    })
    .map((file) => `effect/${file.slice(0, -".ts".length)}`)
    .toSorted()
}

const rulesMessage = (room: string) => {
  const before = rooms.slice(0, rooms.indexOf(room))
  return before.length === 0
    ? `${room} is the first rule room: it imports only itself`
    : `${room} is a rule room: it imports only itself and ${before.join(", ")}`
}

/** Types cost nothing at run time; the rest of that file stays out of the rules entry point. */
const phoneTypesOnly: Pattern = {
  regex: "(^|/)Msisdn\\.ts$",
  allowTypeImports: true,
  message: "import its types only: the numbering plans must not load with the rules"
}

const roomImports = (room: string, extra: ReadonlyArray<string> = []) => [
  phoneTypesOnly,
  only(
    [
      ...rooms.slice(0, rooms.indexOf(room)).map((before) => `../${before}/*.ts`),
      ...anyRoomPackages,
      ...(roomPackages[room] ?? []),
      ...extra
    ],
    rulesMessage(room)
  )
]

/** One row per room, and one for the file with the numbering plans. */
const roomOverrides = (): ReadonlyArray<Override> => [
  ...rooms.map((room) => ({
    files: [`packages/core/src/${room}/**`],
    rules: imports(...roomImports(room))
  })),
  {
    files: [phoneFile],
    rules: imports(...roomImports("recipient", ["libphonenumber-js/max"]))
  }
]

const coreOverrides = (): ReadonlyArray<Override> => {
  const synchronous = [
    ...hostGlobals,
    ["Promise", "a plain value: rules are synchronous"],
    ["AbortController", "nothing: rules are synchronous"],
    ["AbortSignal", "nothing: rules are synchronous"]
  ] as const
  return [
    {
      files: ["packages/core/src/**"],
      rules: {
        "eslint/no-console": "error",
        "eslint/no-restricted-properties": [
          "error",
          { object: "Math", property: "random", message: "use an argument, or effect/Random" },
          { object: "Date", property: "now", message: "use an argument, or effect/Clock" },
          { object: "Date", property: "parse", message: "use calendar's own exact parsers" }
        ],
        ...globals(hostGlobals)
      }
    },
    {
      files: rooms.map((room) => `packages/core/src/${room}/**`),
      rules: {
        ...globals([...synchronous, ["Date", "a business date or epoch milliseconds"]]),
        "eslint/max-lines": ["error", { max: 300 }]
      }
    },
    // `Date.UTC` is plain arithmetic, and only the calendar needs it.
    { files: ["packages/core/src/calendar/**"], rules: globals(synchronous) }
  ]
}

const coreEntryOverrides = (): ReadonlyArray<Override> => {
  const roomsOnly = (up: string, names = rooms): Pattern => ({
    group: ["*", ...names.map((room) => `!${up}${room}/*.ts`)],
    message: `an entry point for rules re-exports ${names.join(", ")}: no Effect, in code or types`
  })
  const ownEntry = ["delivery", "report"]
  const decidingRooms = rooms.filter((room) => !ownEntry.includes(room))
  return [
    {
      files: ["packages/core/src/*.ts"],
      rules: imports(only([], "an entry point only re-exports core's own modules"))
    },
    { files: ["packages/core/src/recipient.ts"], rules: imports(roomsOnly("./")) },
    {
      files: ["packages/core/src/rules.ts"],
      rules: imports(phoneTypesOnly, roomsOnly("./", decidingRooms))
    },
    ...ownEntry.map((room) => ({
      files: [`packages/core/src/rules/${room}.ts`],
      rules: imports(roomsOnly("../", [room]))
    }))
  ]
}

const effectOverrides = (): ReadonlyArray<Override> => {
  const unstable = unstableModules().filter((name) => name.split("/").length === 2)
  // `effect/*` takes back the deep modules but not Effect's folders, which are unstable as a whole
  // but for TestClock; the bare `effect` would load every module there is.
  const effect = ["effect/*", "effect/testing/TestClock"]
  return effectFolders.flatMap(({ folder, folders, packages }) => {
    const reach = (up: string) =>
      [...rooms, ...folders, folder].map((reached) => `${up}${reached}/**/*.ts`)
    const near = [...folders, "itself"].join(", ")
    const message = `${folder} imports rule rooms, ${near} and stable modules of effect one by one`
    return [
      {
        files: [`packages/core/src/${folder}/**`],
        rules: imports(
          only([...reach("../"), ...anyRoomPackages, ...effect, ...packages], message, [
            ...unstable,
            ...configModules
          ])
        )
      },
      {
        files: [`packages/core/src/${folder}/*/**`],
        rules: imports(
          only(
            [
              "../*.ts",
              "../*/*.ts",
              ...reach("../../"),
              ...anyRoomPackages,
              ...effect,
              ...packages
            ],
            message,
            [...unstable, ...configModules]
          )
        )
      }
    ]
  })
}

const notConfigured: Pattern = {
  group: configModules,
  message: "only files named Config*.ts read configuration"
}

const barrels: Pattern = {
  regex: "^(effect|@effect/[a-z-]+)$",
  message: "import the module itself, as in effect/Effect: the barrel loads all of them"
}

const notOurs = (except: ReadonlyArray<string>, message: string): Pattern => ({
  group: ["@tidemark/**", ...except.flatMap((name) => [`!@tidemark/${name}`])],
  message
})

const notByPath: Pattern = {
  regex: "^(\\.\\./)+(packages|core|adapters|runner)/",
  message: "reach another package by its name, never by a path"
}

const adapterOverrides = (): ReadonlyArray<Override> =>
  adapters.flatMap(({ folder, packages }) => {
    const files = `packages/adapters/${folder}/src`
    const allow = (not: ReadonlyArray<string>) =>
      only(
        ["../*.ts", "@tidemark/core", "@tidemark/core/**", "effect/**", "node:*", ...packages],
        `${folder} imports core and its own technology (${packages.join(", ")}), no other adapter`,
        not
      )
    return [
      { files: [`${files}/**`], rules: imports(allow(configModules), barrels) },
      { files: [`${files}/**/Config*.ts`], rules: imports(allow([]), barrels) },
      {
        files: [`packages/adapters/${folder}/test/**`],
        rules: imports(
          notOurs(["core", "core/**", folder], "an adapter's tests know core and that adapter"),
          notByPath
        )
      }
    ]
  })

const outerOverrides = (): ReadonlyArray<Override> => [
  {
    files: ["packages/core/test/**", "packages/core/bench/**", "packages/core/tools/**"],
    rules: imports(notOurs(["core", "core/**"], "core's tests know core alone"), notByPath)
  },
  { files: ["packages/runner/src/**"], rules: imports(barrels, notConfigured, notByPath) },
  { files: ["packages/runner/src/**/Config*.ts"], rules: imports(barrels, notByPath) },
  {
    files: ["packages/runner/test/**", "packages/runner/tools/**", "examples/**"],
    rules: imports(notByPath)
  },
  {
    files: [
      "scripts/**",
      "tsup.config.ts",
      "tsup.node.config.ts",
      "vitest.config.ts",
      "vitest.crash.config.ts"
    ],
    rules: imports(
      notOurs([], "the root package depends on none of ours, or all would resolve everywhere"),
      notByPath
    )
  }
]

/** What may read the environment: files named for it, tests, and the tools in scripts/. */
const environmentReaders = [
  "**/Config*.ts",
  "**/test/**",
  "**/bench/**",
  "scripts/**",
  "examples/**",
  "*.config.ts"
]

/** The whole lint configuration. */
export const configuration = () => ({
  $schema: "./node_modules/oxlint/configuration_schema.json",
  plugins: ["eslint", "typescript", "unicorn", "oxc", "import", "node", "promise", "vitest"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  options: { typeAware: true },
  rules: {
    // `import { type X }` would still load the module when it runs; `import type { X }` does not.
    "typescript/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
    "typescript/no-import-type-side-effects": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "import/no-cycle": "error",
    "node/no-process-env": "error",
    "eslint/max-lines-per-function": ["error", { max: 70 }],
    "eslint/no-underscore-dangle": ["error", { allow: ["_tag"] }],
    "vitest/no-focused-tests": "error",
    "vitest/no-disabled-tests": "error",
    "vitest/no-identical-title": "error",
    // Good for a page script, noise here.
    "eslint/no-shadow": "off",
    "eslint/no-await-in-loop": "off",
    "import/no-named-as-default-member": "off",
    "unicorn/require-module-specifiers": "off",
    // The compiler's noImplicitReturns knows that a switch is exhaustive; this rule does not.
    "typescript/consistent-return": "off",
    // A brand's constructor casts; scripts/tidy.test.ts refuses any other cast in a rule room.
    "typescript/no-unsafe-type-assertion": "off",
    "vitest/expect-expect": "off"
  },
  overrides: [
    ...coreOverrides(),
    ...roomOverrides(),
    ...coreEntryOverrides(),
    ...effectOverrides(),
    ...adapterOverrides(),
    ...outerOverrides(),
    { files: environmentReaders, rules: { "node/no-process-env": "off" } },
    {
      // A module of NestJS is an empty class under a decorator.
      files: ["examples/nestjs/**"],
      rules: { "typescript/no-extraneous-class": ["error", { allowWithDecorator: true }] }
    },
    {
      files: ["**/test/**", "scripts/**", "**/bench/**"],
      rules: {
        "eslint/max-lines-per-function": "off",
        "oxc/no-map-spread": "off",
        "unicorn/consistent-function-scoping": "off",
        "unicorn/prefer-set-has": "off",
        // Tables of given, when, then; titles that name their row.
        "unicorn/no-thenable": "off",
        "vitest/valid-title": "off"
      }
    }
  ] satisfies ReadonlyArray<Override>,
  ignorePatterns: ["**/dist", "coverage", "examples/snippets"]
})

/** Folders of adapters that the table does not know; the configuration must not be written then. */
export const unlisted = (): ReadonlyArray<string> =>
  globSync("packages/adapters/*/package.json", { cwd: root })
    .map((file) => file.split(/[\\/]/).at(-2) ?? "")
    .filter((folder) => !adapters.some((known) => known.folder === folder))

/** A file, a line it must refuse, and the rule that refuses it. */
export interface Plant {
  readonly file: string
  readonly line: string
  readonly rule: string
}

const plant = (file: string, specifier: string, rule = "eslint(no-restricted-imports)"): Plant => ({
  file,
  line: `import * as Planted from "${specifier}"`,
  rule
})

const restrictedGlobal = (file: string, line: string): Plant => ({
  file,
  line,
  rule: "eslint(no-restricted-globals)"
})

/** One or more violations for every folder of the table. */
export const plants = (): ReadonlyArray<Plant> => [
  ...rooms.flatMap((room, index) => {
    const file = `packages/core/src/${room}/Planted.ts`
    const after = rooms[index + 1]
    return [
      plant(file, "effect/Effect"),
      plant(file, "node:fs"),
      plant(file, "../ports/SmsCarrier.ts"),
      plant(file, "libphonenumber-js/max"),
      plant(file, "./../ports/SmsCarrier.ts"),
      ...(room === "calendar" ? [] : [plant(file, "date-fns")]),
      ...(after === undefined ? [] : [plant(file, `../${after}/Anything.ts`)]),
      restrictedGlobal(file, "export const planted = process.pid"),
      restrictedGlobal(file, "export const planted = Buffer.alloc(1)")
    ]
  }),
  plant(phoneFile, "libphonenumber-js"),
  plant("packages/core/src/recipient/Planted.ts", "./Msisdn.ts"),
  plant("packages/core/src/message/Planted.ts", "../recipient/Msisdn.ts"),
  plant("packages/core/src/rules.ts", "./recipient/Msisdn.ts"),
  plant("packages/core/src/rules.ts", "./ports/SmsCarrier.ts"),
  plant("packages/core/src/rules.ts", "./delivery/Evolve.ts"),
  plant("packages/core/src/rules/delivery.ts", "../report/MonthlyReport.ts"),
  plant("packages/core/src/rules/report.ts", "../ports/SmsCarrier.ts"),
  plant("packages/core/src/recipient.ts", "./ports/SmsCarrier.ts"),
  plant("packages/core/src/effect.ts", "effect/Effect"),
  ...effectFolders.flatMap(({ folder }) =>
    [
      `packages/core/src/${folder}/Planted.ts`,
      `packages/core/src/${folder}/deep/Planted.ts`
    ].flatMap((file) => [
      plant(file, "effect"),
      plant(file, "effect/FileSystem"),
      plant(file, "effect/Terminal"),
      plant(file, "effect/sql/SqlClient"),
      plant(file, "effect/http/HttpClient"),
      plant(file, "effect/Config"),
      plant(file, "@effect/platform-node/NodeRuntime"),
      plant(file, "node:fs"),
      plant(file, "@tidemark/postgres"),
      restrictedGlobal(file, "export const planted = setTimeout(() => undefined)")
    ])
  ),
  plant("packages/core/src/ports/Planted.ts", "../workflows/Tick.ts"),
  plant("packages/core/src/workflows/Planted.ts", "../embed/Tidemark.ts"),
  plant("packages/core/src/embed/Planted.ts", "../testing/Auditor.ts"),
  plant("packages/core/test/Planted.ts", "@tidemark/postgres"),
  ...adapters.flatMap(({ folder }, index) => {
    const other = adapters[(index + 1) % adapters.length]?.folder ?? ""
    const file = `packages/adapters/${folder}/src/Planted.ts`
    return [
      plant(file, `@tidemark/${other}`),
      plant(file, `../../${other}/src/index.ts`),
      plant(file, "effect"),
      plant(file, "effect/Config"),
      plant(file, "express"),
      plant(`packages/adapters/${folder}/src/Config.ts`, `@tidemark/${other}`),
      plant(`packages/adapters/${folder}/test/Planted.ts`, `@tidemark/${other}`),
      {
        file,
        line: "export const planted = process.env['HOME']",
        rule: "node(no-process-env)"
      }
    ]
  }),
  plant("packages/runner/src/Planted.ts", "effect"),
  plant("packages/runner/src/Planted.ts", "../../core/src/rules.ts"),
  plant("packages/runner/src/Planted.ts", "effect/Config"),
  plant("packages/runner/test/Planted.ts", "../../core/src/rules.ts"),
  plant("examples/planted.ts", "../packages/core/src/rules.ts"),
  plant("scripts/planted.ts", "@tidemark/core/rules"),
  plant("scripts/planted.ts", "../packages/core/src/rules.ts")
]

/** What the same folders must go on allowing: a list that forbids everything proves nothing. */
export const allowed = (): ReadonlyArray<Omit<Plant, "rule">> => [
  ...rooms.flatMap((room, index) =>
    [
      "./Other.ts",
      "@noble/hashes/sha2.js",
      ...rooms.slice(0, index).map((before) => `../${before}/Other.ts`)
    ].map((specifier) => plant(`packages/core/src/${room}/Allowed.ts`, specifier))
  ),
  plant("packages/core/src/calendar/Allowed.ts", "date-fns"),
  plant(phoneFile, "libphonenumber-js/max"),
  plant(phoneFile, "../money/Money.ts"),
  plant("packages/core/src/rules.ts", "./money/Money.ts"),
  plant("packages/core/src/recipient.ts", "./recipient/Msisdn.ts"),
  plant("packages/core/src/rules/delivery.ts", "../delivery/Evolve.ts"),
  {
    file: "packages/core/src/message/Allowed.ts",
    line: `import type { Msisdn } from "../recipient/Msisdn.ts"`
  },
  plant("packages/core/src/effect.ts", "./ports/SmsCarrier.ts"),
  ...effectFolders.flatMap(({ folder, folders, packages }) =>
    [
      "./Other.ts",
      "effect/Effect",
      "effect/Schema",
      "effect/testing/TestClock",
      "@noble/hashes/sha2.js",
      "../money/Money.ts",
      ...packages,
      ...folders.map((reached) => `../${reached}/Other.ts`)
    ].map((specifier) => plant(`packages/core/src/${folder}/Allowed.ts`, specifier))
  ),
  plant("packages/core/src/testing/deep/Allowed.ts", "../Sibling.ts"),
  plant("packages/core/src/testing/deep/Allowed.ts", "../models/Bank.ts"),
  plant("packages/core/src/testing/deep/Allowed.ts", "../../ports/SmsCarrier.ts"),
  ...adapters.flatMap(({ folder, packages }) =>
    ["./Client.ts", "@tidemark/core/effect", "effect/sql/SqlClient", "node:fs", packages[0] ?? ""]
      .map((specifier) => plant(`packages/adapters/${folder}/src/Allowed.ts`, specifier))
      .concat(plant(`packages/adapters/${folder}/src/ConfigAllowed.ts`, "effect/Config"))
  ),
  plant("packages/runner/src/Allowed.ts", "@tidemark/postgres"),
  plant("packages/runner/src/ConfigAllowed.ts", "effect/Config"),
  plant("examples/allowed.ts", "@tidemark/core/rules")
]
