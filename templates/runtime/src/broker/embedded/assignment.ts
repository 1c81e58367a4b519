export interface AssignableMember {
  readonly id: string;
  readonly topics: readonly string[];
}

export interface AssignablePartition {
  readonly id: number;
  readonly topic: string;
  readonly assigned: string | null;
}

/**
 * Who shall read what. Each partition goes to a member that reads its topic; with equal topics the members' shares
 * differ by one at most; and no more partitions move than that takes.
 *
 * @returns the member of each partition's id, null where no member reads the topic
 */
export function assign(
  members: readonly AssignableMember[],
  partitions: readonly AssignablePartition[],
): ReadonlyMap<number, string | null> {
  const shares = new Map(members.map((member) => [member.id, new Set<AssignablePartition>()]));
  const readers = (topic: string) =>
    members.filter((member) => member.topics.includes(topic)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const size = (member: AssignableMember) => shares.get(member.id)!.size;

  const free: AssignablePartition[] = [];
  for (const partition of partitions) {
    const keeper = readers(partition.topic).find((member) => member.id === partition.assigned);
    if (keeper === undefined) free.push(partition);
    else shares.get(keeper.id)!.add(partition);
  }
  for (const partition of free) {
    const poorest = least(readers(partition.topic), size);
    if (poorest !== undefined) shares.get(poorest.id)!.add(partition);
  }
  for (let move = nextMove(members, shares); move !== undefined; move = nextMove(members, shares)) {
    shares.get(move.from)!.delete(move.partition);
    shares.get(move.to)!.add(move.partition);
  }

  const result = new Map<number, string | null>(partitions.map((partition) => [partition.id, null]));
  for (const [id, share] of shares) for (const partition of share) result.set(partition.id, id);
  return result;
}

interface Move {
  readonly from: string;
  readonly to: string;
  readonly partition: AssignablePartition;
}

type Shares = ReadonlyMap<string, ReadonlySet<AssignablePartition>>;

/**
 * A move from a member to one that has at least two partitions less: of the pair that differs most, so that nothing
 * moves twice, and of the topic in which these two differ most.
 */
function nextMove(members: readonly AssignableMember[], shares: Shares): Move | undefined {
  let best: Move | undefined;
  let difference = 1;
  for (const from of members) {
    const share = shares.get(from.id)!;
    for (const to of members) {
      const target = shares.get(to.id)!;
      if (share.size - target.size <= difference) continue;
      const movable = [...share].filter((partition) => to.topics.includes(partition.topic));
      const partition = least(movable, ({ topic }) => ofTopic(target, topic) - ofTopic(share, topic));
      if (partition === undefined) continue;
      best = { from: from.id, to: to.id, partition };
      difference = share.size - target.size;
    }
  }
  return best;
}

function ofTopic(share: ReadonlySet<AssignablePartition>, topic: string): number {
  return [...share].filter((partition) => partition.topic === topic).length;
}

function least<T>(values: readonly T[], measure: (value: T) => number): T | undefined {
  let best: T | undefined;
  for (const value of values) if (best === undefined || measure(value) < measure(best)) best = value;
  return best;
}
