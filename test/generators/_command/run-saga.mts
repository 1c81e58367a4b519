/** A run in a process of its own, which may be killed: adds the saga payment to the repository of this folder. */
import { paymentSaga } from "../../support/saga-shop.ts";
import { addSaga, runStep } from "./add-saga.ts";

await runStep(process.cwd(), addSaga("payment", "orders", paymentSaga));
