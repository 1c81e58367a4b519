import { stopTestServer } from "../../templates/runtime/src/testing/test-database.ts";

// One server for the whole mocha process, which starts with the first database that a test asks for. A root hook, for
// this file is first imported while mocha loads test files, outside of any `describe`.
after(stopTestServer);

export { type TestDatabase, testDatabase, testServerUrl } from "../../templates/runtime/src/testing/test-database.ts";
