/**
 * Where the bank's files lie: options by value, and the same read from configuration. The only file
 * of this package that reads configuration.
 */
import { Currency, type Money } from "@tidemark/core/rules"
import * as EffectConfig from "effect/Config"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** Options of the port. */
export interface BankFileOptions {
  /** A file of history, or one per date with `{date}` in its place: `in/balances-{date}.csv.gz`. */
  readonly path: string
  /** Default: by the name's ending. */
  readonly format?: string | undefined
  /** The currency of rows that state none. */
  readonly currency: Currency.Currency
  /** Absent: amounts have no thousands separators. */
  readonly thousandsSeparator?: Money.ThousandsSeparator | undefined
  /** Rows in a page. Default 5,000. */
  readonly pageRows?: number | undefined
}

const CurrencyCode = Schema.String.check(
  Schema.makeFilter((text) => Currency.parse(text) !== undefined, {
    message: "a currency code of ISO 4217"
  })
)

/**
 * - `TIDEMARK_BANK_FILE` (required): the path
 * - `TIDEMARK_BANK_FILE_FORMAT`: `csv` or `ndjson`
 * - `TIDEMARK_BANK_FILE_CURRENCY`: default `ILS`
 */
export const fromEnvironment: EffectConfig.Config<BankFileOptions> = EffectConfig.map(
  EffectConfig.all({
    path: EffectConfig.NonEmptyString("TIDEMARK_BANK_FILE"),
    format: EffectConfig.option(
      EffectConfig.Literals(["csv", "ndjson"], "TIDEMARK_BANK_FILE_FORMAT")
    ),
    currency: EffectConfig.schema(CurrencyCode, "TIDEMARK_BANK_FILE_CURRENCY").pipe(
      EffectConfig.withDefault("ILS")
    )
  }),
  ({ path, format, currency }) => ({
    path,
    format: Option.getOrUndefined(format),
    currency: Currency.parse(currency) ?? Currency.ils
  })
)
