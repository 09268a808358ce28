// Package memstorage is secondary storage in the memory of the process. The trunk's own tests use it, and stores/memory
// is its public door.
//
// Time is whatever its owner says it is, and nothing runs by itself: what has expired is invisible at once, and is
// removed by the writes that follow, a few entries by each. So the memory in use follows what is alive, up to a limit.
// At the limit new keys are refused rather than old ones dropped: otherwise whoever can make keys, such as counters for
// addresses that he has plenty of, could wash away somebody else's.
package memstorage
