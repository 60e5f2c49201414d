/**
 * Tidemark as a provider of the application: opened over the bank's own pool, closed with it.
 */
import { Module } from "@nestjs/common"
import { type Store, Tidemark } from "@tidemark/core"
import { postgres } from "@tidemark/postgres"
import { BankClients, BankPool } from "./BankModule.ts"
import { MonthsController } from "./MonthsController.ts"
import { TickTimer } from "./TickTimer.ts"
import { STORE, TIDEMARK } from "./tokens.ts"

@Module({
  controllers: [MonthsController],
  providers: [
    TickTimer,
    {
      provide: STORE,
      inject: [BankPool],
      useFactory: (pool: BankPool): Store =>
        postgres({ pool, schema: process.env["DATABASE_SCHEMA"] ?? "tidemark" })
    },
    {
      provide: TIDEMARK,
      inject: [STORE, BankClients],
      useFactory: (store: Store, { sandbox }: BankClients): Promise<Tidemark> =>
        Tidemark.open({
          program: "premium-retail",
          policy: {
            qualification: { approval: "automatic" },
            message: { messageClass: "service", sender: { id: "Bank", canReceiveReplies: false } },
            schedule: { startsOn: "2026-08-31" }
          },
          store,
          balances: sandbox.balances,
          customers: sandbox.customers,
          carrier: sandbox.carrier,
          secrets: { clientReferenceKey: () => "07".repeat(32) }
        })
    }
  ],
  exports: [TIDEMARK]
})
export class TidemarkModule {}
