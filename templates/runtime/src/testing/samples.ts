/** By name: valid data for each command, or for each event that a service subscribes to. */
export type Samples = Readonly<Record<string, object>>;

/** Data of an aggregate of its own, where its id is a text. */
export function fresh(data: object = {}, key: string): object {
  return typeof (data as Record<string, unknown>)[key] === "string" ? { ...data, [key]: crypto.randomUUID() } : data;
}
