import type { BrokerUnderTest } from "./broker-under-test.ts";
import { endsConform } from "./conformance/ends.ts";
import { groupsConform } from "./conformance/groups.ts";
import { handlersConform } from "./conformance/handlers.ts";
import { membersConform } from "./conformance/members.ts";
import { recordsConform } from "./conformance/records.ts";
import { setting } from "./conformance/setting.ts";

/** What every broker must do, whatever it is made of. */
export function conformance(name: string, start: () => Promise<BrokerUnderTest>): void {
  describe(`${name}: conformance`, () => {
    const at = setting(start);
    recordsConform(at);
    groupsConform(at);
    handlersConform(at);
    membersConform(at);
    endsConform(at);
  });
}
