/** A database dumped while runners work, and put back as it was then: by PostgreSQL's own tools. */
import { spawn } from "node:child_process"

const run = (command: string, args: ReadonlyArray<string>): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { stdio: ["ignore", "ignore", "pipe"] })
    let err = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text))
    child.on("error", () =>
      reject(new Error(`${command} of the server's version is needed; there is none`))
    )
    child.on("close", (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${command}: ${err.trim().split("\n")[0] ?? ""}`))
    })
  })

/** Writes a dump of what is committed now; sessions go on. */
export const dump = (url: string, file: string): Promise<void> =>
  run("pg_dump", ["--format=custom", "--no-sync", `--file=${file}`, `--dbname=${url}`])

/** Loads a dump into an empty database. */
export const load = (file: string, url: string): Promise<void> =>
  run("pg_restore", ["--exit-on-error", `--dbname=${url}`, file])
