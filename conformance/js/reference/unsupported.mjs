/** An instance description asks for what this testbed doesn't have; answered with 422. */
export class Unsupported extends Error {
  /** @param {string[]} paths where in the description */
  constructor(paths) {
    super(`unsupported: ${paths.join(", ")}`);
    this.paths = paths;
  }
}
