package memory

import (
	"syscall"
	"unsafe"
)

// memoryStatus is MEMORYSTATUSEX.
type memoryStatus struct {
	length, load                                     uint32
	totalPhys, availPhys, totalPage, availPage       uint64
	totalVirtual, availVirtual, availExtendedVirtual uint64
}

// systemLimits are all that bound this process: what is free, and what the system would still promise to anybody.
func systemLimits() []Limit {
	status := memoryStatus{length: uint32(unsafe.Sizeof(memoryStatus{}))}
	call := syscall.NewLazyDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")
	if call.Find() != nil {
		return nil
	}
	if ok, _, _ := call.Call(uintptr(unsafe.Pointer(&status))); ok == 0 {
		return nil
	}
	return []Limit{{Resident, use()[Resident] + int64(min(status.availPhys, status.availPage)), machine}}
}
