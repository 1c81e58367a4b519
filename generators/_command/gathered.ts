const fewest = 4;

/** Paths, those of one folder as one where they are many. */
export function gathered(paths: readonly string[]): readonly string[] {
  return [...Map.groupBy(paths, folderOf)].flatMap(([folder, those]) =>
    folder !== "" && those.length >= fewest ? [`${folder}/ (${those.length} files)`] : those,
  );
}

/** The folder that stands for its files: a service, a package, contracts of one service. */
export function folderOf(path: string): string {
  return /^((?:packages|services|contracts|docs)\/[^/]+)\//.exec(path)?.[1] ?? "";
}
