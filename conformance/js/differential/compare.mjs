// Two runs of one scenario, side by side.
import { sameLine } from "./normalize.mjs";
import { FAILED } from "./observe.mjs";

/**
 * The differences between two plays: [{ step, title, hunk }], where hunk is a
 * unified diff of the step's lines from reference (-) to subject (+).
 */
export function compare(reference, subject, tolerance) {
  return reference.flatMap(({ title, lines }, i) => {
    const hunk = diff(lines, subject[i].lines, (a, b) => sameLine(a, b, tolerance));
    // A step that fails on both sides compares nothing: the scenario is wrong.
    const isDifferent = hunk.some((line) => line[0] !== " ") || lines[0]?.startsWith(FAILED);
    return isDifferent ? [{ step: i + 1, title, hunk }] : [];
  });
}

/** All lines of both, prefixed with " ", "-" or "+": the longest common subsequence stays. */
export function diff(a, b, same) {
  // common[i][j] is the length of the longest common subsequence of a[i..] and b[j..].
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i][j] = same(a[i], b[j]) ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const lines = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && same(a[i], b[j])) {
      lines.push(` ${a[i]}`);
      i++;
      j++;
    } else if (i < a.length && (j === b.length || common[i + 1][j] >= common[i][j + 1])) {
      lines.push(`-${a[i++]}`);
    } else {
      lines.push(`+${b[j++]}`);
    }
  }
  return lines;
}
