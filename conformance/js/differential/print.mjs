// What a run shows to its reader.

// How many lines around a change are printed.
const CONTEXT = 2;

/** Prints a difference with the lines around its changes. */
export function printDifference(setup, name, { step, title, hunk }) {
  console.log(`\n${setup} › ${name} › ${step}. ${title}`);
  const isNear = (i) => hunk.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some((line) => line[0] !== " ");
  for (const [i, line] of hunk.entries()) {
    if (isNear(i)) console.log(`  ${line}`);
    else if (i === 0 || isNear(i - 1)) console.log("  …");
  }
}

/** Prints everything that a play has observed. */
export function printObservations(kind, name, observations) {
  for (const [i, { title, lines }] of observations.entries()) {
    console.log(`\n${kind} › ${name} › ${i + 1}. ${title}`);
    for (const line of lines) console.log(`  ${line}`);
  }
}
