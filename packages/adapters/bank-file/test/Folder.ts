/** A folder for the files of one test, removed afterwards. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Runs `use` with a function that writes a file and gives its path. */
export const withFolder = async <A>(
  use: (write: (name: string, content: string | Uint8Array) => string) => Promise<A>
): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-bank-file-"))
  try {
    return await use((name, content) => {
      const path = join(folder, name)
      writeFileSync(path, content)
      return path
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
