/**
 * One group of rows at one size, in a process of its own: `node row.ts GROUP SIZE [DATABASE_URL]`.
 * Its figures are one line of JSON.
 */
import * as Database from "./Database.ts"
import type { Figure } from "./Figure.ts"
import { capture } from "./rows/capture.ts"
import { dispatch } from "./rows/dispatch.ts"
import { loop } from "./rows/loop.ts"
import { month } from "./rows/month.ts"
import { parse } from "./rows/parse.ts"

const [group = "", size = "0", url = ""] = process.argv.slice(2)

const measured = async (): Promise<ReadonlyArray<Figure>> => {
  if (group === "parse") return parse(Number(size))
  const database = await Database.open(url, Number(size))
  try {
    switch (group) {
      case "capture":
        return await capture(Number(size), database)
      case "month":
        return await month(Number(size), database)
      case "dispatch":
        return await dispatch(Number(size), database, url)
      case "loop":
        return await loop(Number(size), database)
      default:
        throw new Error(`no rows of this name: ${group}`)
    }
  } finally {
    await database.close()
  }
}

process.stdout.write(`${JSON.stringify(await measured())}\n`)
