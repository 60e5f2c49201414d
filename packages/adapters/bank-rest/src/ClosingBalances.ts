/**
 * The `ClosingBalances` port over the default REST contract.
 *
 * **Guarantee** — a page is whole or an error; a bad row is a problem beside the good ones.
 *
 * **Source** — original architecture §3.1; docs/reference/bank-rest.md.
 */
import {
  type BalancePage,
  ClosingBalances,
  type ClosingBalancesError,
  type FeedProblem
} from "@tidemark/core/effect"
import { type BusinessDate, type ClosingBalance, Currency, Money } from "@tidemark/core/rules"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as BalanceRow from "./BalanceRow.ts"
import * as Client from "./Client.ts"
import * as Config from "./Config.ts"
import * as Wire from "./Wire.ts"
import * as classifyError from "./classifyError.ts"

const readPage = Wire.reader(Wire.BalancesPage)

type ReadPage = typeof Wire.BalancesPage.Type

const page = (client: Client.Client) =>
  Effect.fn("ClosingBalances.page")(function* (
    businessDate: BusinessDate.BusinessDate,
    cursor: string | null
  ) {
    const query = new URLSearchParams({ date: businessDate })
    if (cursor !== null) query.set("cursor", cursor)
    const text = yield* client
      .get(`/v1/closing-balances?${query.toString()}`)
      .pipe(Effect.mapError(classifyError.closingBalances))
    const read = readPage(text)
    if (read === undefined) {
      return yield* classifyError.malformedBalances("the answer is no page of balances")
    }
    if (read.businessDate !== businessDate) {
      return yield* classifyError.malformedBalances("the page is of another business date")
    }
    if (read.nextCursor !== null && read.nextCursor === cursor) {
      return yield* classifyError.malformedBalances("the cursor leads to itself")
    }
    return yield* toPage(read, businessDate, cursor)
  })

const toPage = (
  read: ReadPage,
  businessDate: BusinessDate.BusinessDate,
  cursor: string | null
): Effect.Effect<BalancePage, ClosingBalancesError> => {
  const balances: Array<ClosingBalance.CapturedRow> = []
  const problems: Array<FeedProblem> = []
  const where = cursor === null ? "first page" : `page ${cursor.slice(0, 40)}`
  for (let index = 0; index < read.items.length; index++) {
    const row = BalanceRow.read(read.items[index], businessDate, `${where}, item ${index + 1}`)
    if (BalanceRow.isCaptured(row)) balances.push(row)
    else problems.push(row)
  }
  const { nextCursor } = read
  const controlTotals = totals(read, balances)
  return controlTotals === undefined
    ? Effect.fail(classifyError.malformedBalances("the control sum is not exact"))
    : Effect.succeed({ balances, problems, nextCursor, controlTotals })
}

/** The sum is in the currency of the page's balances; `undefined` where it is no amount. */
const totals = (
  read: ReadPage,
  balances: ReadonlyArray<ClosingBalance.CapturedRow>
): BalancePage["controlTotals"] | undefined => {
  if (read.controlTotals === null) return null
  const { count, sum } = read.controlTotals
  const currency = Currency.parse(balances[0]?.currency ?? "ILS")
  if (currency === undefined) return undefined
  const sumMinor = Money.parseMinorUnits(sum, { currency })
  return Money.isMalformed(sumMinor) ? undefined : { count, sumMinor }
}

/** The port over a bank's REST API. */
export const layer = (
  given: Pick<Config.BankRestOptions, "url"> & Partial<Config.BankRestOptions>
): Layer.Layer<ClosingBalances> =>
  Layer.effect(
    ClosingBalances,
    Effect.map(Client.make(Config.options(given)), (client) => ({ page: page(client) }))
  )
