//go:build unix

package password

import (
	"fmt"
	"syscall"
	"unsafe"
)

// newTable takes the memory for a table from the system. It is all zeros and has no Go pointers in it.
func newTable() (*table, error) {
	mem, err := syscall.Mmap(-1, 0, int(unsafe.Sizeof(table{})), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("password: no memory for a hash: %w", err)
	}
	return (*table)(unsafe.Pointer(unsafe.SliceData(mem))), nil //nolint:gosec // the mapping is page-aligned and just as large
}

// freeTable gives the memory back. Nobody may use t any more.
func freeTable(t *table) {
	mem := unsafe.Slice((*byte)(unsafe.Pointer(t)), unsafe.Sizeof(*t)) //nolint:gosec // the slice that Mmap returned
	if err := syscall.Munmap(mem); err != nil {
		panic(err) // it was not mapped: a mistake in this file
	}
}
