import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { acquire } from "../src/EmbeddedLock.ts"

describe("the lock of an embedded data directory", () => {
  let parent: string
  let directory: string
  let child: ChildProcess | undefined
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "tidemark-lock-"))
    directory = join(parent, "data")
  })
  afterEach(() => {
    child?.kill("SIGKILL")
    child = undefined
    rmSync(parent, { recursive: true, force: true })
  })

  /** Another process that has the lock. */
  const otherProcess = async () => {
    const started = spawn(process.execPath, [join(import.meta.dirname, "holdLock.ts"), directory], {
      stdio: ["ignore", "pipe", "pipe"]
    })
    child = started
    const errors: Array<string> = []
    started.stderr.on("data", (data: Buffer) => errors.push(data.toString()))
    const said = await Promise.race([once(started.stdout, "data"), once(started, "exit")])
    assert.include(String(said[0]), "locked", errors.join(""))
    return { started, errors }
  }
  const tryLock = () => Effect.runPromise(Effect.flip(Effect.scoped(acquire(directory))))

  it("is refused to a second process, by name and with what to do", async () => {
    const { errors } = await otherProcess()
    const error = await tryLock()
    assert.strictEqual(error.reason, "Locked")
    assert.include(error.detail, directory)
    assert.include(error.detail, "Stop that process")
    assert.deepStrictEqual(errors, [], "no warning of an experimental feature")
  })

  it("goes with its process when that is killed", async () => {
    const { started } = await otherProcess()
    started.kill("SIGKILL")
    await once(started, "exit")
    await Effect.runPromise(Effect.scoped(acquire(directory)))
  })

  it("is refused within one process too, and free again when its scope closes", async () => {
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          yield* acquire(directory)
          const error = yield* Effect.flip(Effect.scoped(acquire(directory)))
          assert.strictEqual(error.reason, "Locked")
        })
      )
    )
    await Effect.runPromise(Effect.scoped(acquire(directory)))
  })

  it("is no lock where its file cannot be made", async () => {
    const file = join(parent, "file")
    writeFileSync(file, "")
    const error = await Effect.runPromise(Effect.flip(Effect.scoped(acquire(join(file, "data")))))
    assert.strictEqual(error.reason, "Unavailable")
  })
})
