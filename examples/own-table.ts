/**
 * A bank's own tables as `history` and `customers.active` of `Tidemark.open`: balances are read
 * where they are, a page of customers at a time, and copied nowhere.
 * examples/test/own-table.test.ts holds it to the contract of the port.
 */
import type { HostCustomers, HostHistory, HostMonthBalance } from "@tidemark/core"

/** A pool of pg, PGlite, or anything else that answers a question with rows. */
export interface Database {
  readonly query: (
    sql: string,
    values?: Array<unknown>
  ) => Promise<{ readonly rows: ReadonlyArray<unknown> }>
}

/** The key is what makes the pages cheap. A correction is a row with the next revision. */
export const tables = [
  `CREATE TABLE IF NOT EXISTS accounts (
    customer_id text NOT NULL, account_id text NOT NULL, is_primary boolean NOT NULL,
    opened_on date, closed_on date, PRIMARY KEY (customer_id, account_id))`,
  `CREATE TABLE IF NOT EXISTS eod_balances (
    account_id text NOT NULL, business_date date NOT NULL, revision integer NOT NULL DEFAULT 1,
    closing numeric(18, 2) NOT NULL)`,
  `CREATE INDEX IF NOT EXISTS eod_balances_by_account
    ON eod_balances (account_id, business_date, revision)`
]

/** The month's rows of each account, and the last one before the month, of every revision of it. */
const monthBalances = `
  SELECT found.account_id AS "accountId", found.business_date::text AS "businessDate",
    found.closing::text AS amount, found.revision
  FROM unnest($1::text[]) AS asked (account_id)
  CROSS JOIN LATERAL (
    SELECT max(business_date) AS last FROM eod_balances
    WHERE account_id = asked.account_id AND business_date < $2::date
  ) AS before
  CROSS JOIN LATERAL (
    SELECT * FROM eod_balances
    WHERE account_id = asked.account_id
      AND business_date BETWEEN coalesce(before.last, $2::date) AND $3::date
  ) AS found`

interface CustomerRow {
  readonly customerId: string
  readonly accounts: ReadonlyArray<{
    readonly accountId: string
    readonly primary: boolean
    readonly openedOn: string | null
    readonly closedOn: string | null
  }>
}

/** Customers with an account open on any day of the month, after the last one of the page before. */
const activeCustomers = `
  SELECT customer_id AS "customerId", json_agg(json_build_object('accountId', account_id,
    'primary', is_primary, 'openedOn', opened_on, 'closedOn', closed_on)
    ORDER BY account_id) AS accounts
  FROM accounts
  WHERE customer_id > $1 AND (opened_on IS NULL OR opened_on < $2::date + interval '1 month')
    AND (closed_on IS NULL OR closed_on >= $2::date)
  GROUP BY customer_id ORDER BY customer_id LIMIT $3`

export const ownTable = (database: Database, pageSize = 1000) => {
  const history: HostHistory = {
    monthBalances: async ({ accountIds, first, last }) => {
      const { rows } = await database.query(monthBalances, [accountIds, first, last])
      return rows as ReadonlyArray<HostMonthBalance>
    }
  }
  const active: HostCustomers["active"] = async (month, cursor) => {
    const values = [cursor ?? "", `${month}-01`, pageSize]
    const { rows } = await database.query(activeCustomers, values)
    const customers = rows as ReadonlyArray<CustomerRow>
    const more = customers.length === pageSize
    return { customers, nextCursor: more ? customers.at(-1)?.customerId : null }
  }
  return { history, active }
}
