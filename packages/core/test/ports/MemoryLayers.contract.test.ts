import { balanceHistoryContract } from "../../src/testing/BalanceHistoryContract.ts"
import { closingBalancesContract } from "../../src/testing/ClosingBalancesContract.ts"
import { customersContract } from "../../src/testing/CustomersContract.ts"
import { eventPublisherContract } from "../../src/testing/EventPublisherContract.ts"
import { operationsContract } from "../../src/testing/OperationsContract.ts"
import { secretsContract } from "../../src/testing/SecretsContract.ts"
import { smsCarrierContract } from "../../src/testing/SmsCarrierContract.ts"
import * as memory from "./memoryLayers.ts"
import { ledger } from "./storeLedger.ts"

balanceHistoryContract("memory", memory.history)
balanceHistoryContract("the store's ledger", ledger)
closingBalancesContract("the port's memory layer", memory.balances, "honest")
customersContract("the port's memory layer", memory.customers, "honest")
smsCarrierContract("the port's memory layer", memory.carrier, "honest")
eventPublisherContract("memory", memory.publisher)
operationsContract("memory", memory.operations)
secretsContract("memory", memory.secrets)
