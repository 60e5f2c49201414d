/** The packages as the registry would have them, and two projects that install them. */
import { execFile } from "node:child_process"
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"

export const root = join(import.meta.dirname, "../..")

/**
 * Runs to the end; its stdout.
 *
 * **Errors** — the command with everything it printed, when it fails.
 */
export const run = async (
  command: string,
  args: ReadonlyArray<string>,
  cwd: string
): Promise<string> => {
  const child = promisify(execFile)(command, args, { cwd, maxBuffer: 1 << 26 })
  child.child.stdin?.end()
  try {
    return (await child).stdout
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`, { cause: error })
  }
}

/** What the check reads of a packed package.json. */
export interface Manifest {
  readonly name: string
  readonly exports?: { readonly [subpath: string]: unknown }
  readonly peerDependencies?: { readonly [name: string]: string }
}

/** The entry points of a package as users write them, its own manifest excepted. */
export const subpaths = ({ name, exports = {} }: Manifest): ReadonlyArray<string> =>
  Object.keys(exports)
    .filter((subpath) => subpath !== "./package.json")
    .map((subpath) => name + subpath.slice(1))

/** Core's entry points that are CommonJS as well; all others are ES modules only, as Effect is. */
export const alsoCommonJs: ReadonlyArray<string> = [
  "rules",
  "rules/delivery",
  "rules/report",
  "recipient"
]

/** Every Node the packages promise to run on. The running one stands for its own major version. */
const nodes = ["22.23.3", "24.21.0"].filter(
  (version) => !process.version.startsWith(`v${version.slice(0, 3)}`)
)

const alias = (version: string) => `node${version.slice(0, 2)}`

/** The executables of every Node, once `installOld` has fetched those that do not run already. */
export const nodesOf = ({ old }: Projects): ReadonlyArray<string> => [
  process.execPath,
  ...nodes.map((version) => join(old, "node_modules", alias(version), "bin/node"))
]

/** By name, what the npm package `node` fetches by an install script, which is not run here. */
const fetchedNodes = () => {
  const { arch, platform } = process
  const prefix = platform === "darwin" && arch === "arm64" ? "node-bin" : "node"
  return Object.fromEntries(
    nodes.map((version) => [alias(version), `npm:${prefix}-${platform}-${arch}@${version}`])
  )
}

const fromCatalog = (name: string): string => {
  const catalog = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8")
  const version = new RegExp(`^ {2}"?${name}"?: (.+)$`, "m").exec(catalog)?.[1]
  if (version === undefined) throw new Error(`${name} is not in the catalog`)
  return version
}

/** What the packages leave to their user to install, in the workspace's versions. */
const peersOf = (packages: ReadonlyArray<Packed>) => {
  const names = packages.flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {}))
  return Object.fromEntries(
    [...new Set(names)]
      .filter((name) => !name.startsWith("@tidemark/"))
      .map((name) => [name, fromCatalog(name)])
  )
}

const install = async (
  project: string,
  manifest: { readonly [field: string]: unknown },
  overrides: { readonly [name: string]: string }
): Promise<void> => {
  mkdirSync(project)
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, ...manifest }))
  writeFileSync(join(project, "pnpm-workspace.yaml"), `overrides: ${JSON.stringify(overrides)}\n`)
  await run("pnpm", ["install", "--prefer-offline", "--ignore-scripts"], project)
}

/** A packed package: its tarball's path, and the manifest in it. */
export interface Packed {
  readonly tarball: string
  readonly manifest: Manifest
}

/** Packs every package of the workspace into a folder. */
export const pack = async (folder: string): Promise<ReadonlyArray<Packed>> => {
  await run("pnpm", ["-r", "--filter", "./packages/**", "pack", "--pack-destination", folder], root)
  const tarballs = globSync("*.tgz", { cwd: folder }).map((name) => join(folder, name))
  return Promise.all(
    tarballs.toSorted().map(async (tarball) => {
      const manifest = await run("tar", ["xOf", tarball, "package/package.json"], folder)
      return { tarball, manifest: JSON.parse(manifest) as Manifest }
    })
  )
}

/** The folders of the two projects. */
export interface Projects {
  /** A service of today: every package, ES modules. */
  readonly all: string
  /** The rules alone, CommonJS, with Jest 29 and TypeScript 5.4, the oldest that are to have them. */
  readonly old: string
}

/** Installs the packed packages into two empty projects outside the repository. */
export const installed = async (
  folder: string,
  packages: ReadonlyArray<Packed>
): Promise<Projects> => {
  const ours = Object.fromEntries(
    packages.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`])
  )
  const projects = { all: join(folder, "all"), old: join(folder, "old") }
  const types = { "@types/node": fromCatalog("@types/node") }
  const service = { type: "module", dependencies: { ...ours, ...peersOf(packages), ...types } }
  const core = { "@tidemark/core": ours["@tidemark/core"] }
  const tools = { jest: "29.7.0", typescript: "5.4.5" }
  await install(projects.all, service, ours)
  await install(projects.old, { dependencies: { ...core, ...tools, ...fetchedNodes() } }, {})
  return projects
}
