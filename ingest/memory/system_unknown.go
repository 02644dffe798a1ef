//go:build !linux && !darwin && !windows

package memory

// systemLimits knows none on other systems.
func systemLimits() []Limit { return nil }
