/** What the tests of this repository may import: `eda-runtime/testing`. */
export { type EventuallyOptions, eventually } from "./eventually.ts";
export { given, type Then } from "./given.ts";
export { givenSaga, type Happening, type SagaOutcome, type SagaStory } from "./given-saga.ts";
export { type ServiceUnderTest, testServiceBehaviour } from "./service-behaviour.ts";
export { type TestDatabase, testDatabase } from "./test-database.ts";
export { startTestService, type TestService, type TestServiceOptions } from "./test-service.ts";
