//go:build !linux

package memory

// use is what the process uses, by kind.
func use() [3]int64 { return goFigures() }
