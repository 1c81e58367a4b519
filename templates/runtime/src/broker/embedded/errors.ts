/** A topic that nobody has created. */
export class UnknownTopicError extends Error {
  constructor(topic: string) {
    super(`there is no topic ${topic}: create it with ensureTopics before it is written or read`);
    this.name = "UnknownTopicError";
  }
}

/** Another member of the group has started under this one's instance name and has taken its place. */
export class InstanceReplacedError extends Error {
  constructor(group: string, instance: string) {
    super(`group ${group}: another member runs as instance ${instance}; give each running member a name of its own`);
    this.name = "InstanceReplacedError";
  }
}

/** The broker was used after `close`. */
export class BrokerClosedError extends Error {
  constructor() {
    super("the broker is closed");
    this.name = "BrokerClosedError";
  }
}
