const began = performance.now();

/** A line of progress, with the seconds since the bench began. */
export function say(line: string): void {
  process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);
}
