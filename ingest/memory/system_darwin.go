package memory

import (
	"encoding/binary"
	"syscall"
)

// systemLimits are all that bound this process: macOS enforces no limit on addresses, and says how much memory is free to
// its own programs only, so that a quarter is left to others.
func systemLimits() []Limit {
	text, err := syscall.Sysctl("hw.memsize")
	if err != nil {
		return nil
	}
	number := make([]byte, 8) // Sysctl drops a zero byte at the end
	copy(number, text)
	return []Limit{{Resident, int64(binary.LittleEndian.Uint64(number) / 4 * 3), machine}}
}
