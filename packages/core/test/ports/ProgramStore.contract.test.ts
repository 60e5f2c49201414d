import { ProgramStore } from "../../src/ports/ProgramStore.ts"
import { programStoreContract } from "../../src/testing/programStore/ProgramStoreContract.ts"

programStoreContract("memory", (program) => ProgramStore.layerMemory({ program }), {
  clock: "test"
})
