import { Module } from "@nestjs/common"
import { BankModule } from "./BankModule.ts"
import { TidemarkModule } from "./TidemarkModule.ts"

@Module({ imports: [BankModule, TidemarkModule] })
export class AppModule {}
