/** The second name of `outbox-migration`. */
export { default } from "../outbox-migration/index.ts";
