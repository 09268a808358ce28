// A movable clock for each instance.
//
// better-auth asks the global Date. It is replaced by a proxy that answers with
// the time of the instance in scope; outside of any instance it is the real
// time. A proxy, and not a subclass, so that every date is still a plain Date:
// drivers and serializers compare prototypes and constructors.
import { currentScope } from "./context.mjs";

const RealDate = globalThis.Date;

/** One instance's clock: the real time until it is moved or stopped. */
export class Clock {
  #offset = 0;
  #stoppedAt = null;

  now() {
    return this.#stoppedAt ?? RealDate.now() + this.#offset;
  }

  /**
   * Applies a control request: {now}, {advanceMs} or {reset}. The clock runs on
   * from there, unless `freeze` is true: then it stands still until the next move.
   */
  move({ now, advanceMs, reset, freeze }) {
    const target = reset ? RealDate.now() : (now ?? this.now() + (advanceMs ?? 0));
    this.#offset = reset ? 0 : target - RealDate.now();
    this.#stoppedAt = freeze ? target : null;
  }
}

function currentTime() {
  return currentScope()?.instance.clock.now() ?? RealDate.now();
}

globalThis.Date = new Proxy(RealDate, {
  construct(target, args, newTarget) {
    return Reflect.construct(target, args.length === 0 ? [currentTime()] : args, newTarget);
  },
  apply() {
    return new RealDate(currentTime()).toString();
  },
  get(target, key, receiver) {
    return key === "now" ? currentTime : Reflect.get(target, key, receiver);
  },
});
