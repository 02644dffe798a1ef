package record

import "math/bits"

// Sizes counts records by their length, to about a tenth of it. One goroutine uses it.
type Sizes struct{ counts [sizeClasses]uint32 }

// A class holds the lengths that agree in their first four bits. Records have up to 27 bits (MaxRecord).
const (
	sizeBits    = 4
	sizeClasses = (32 - sizeBits + 2) << (sizeBits - 1)
)

// Add counts a record.
func (s *Sizes) Add(length int64) {
	length = min(max(length, 0), 1<<32-1)
	class := length
	if shift := bits.Len64(uint64(length)) - sizeBits; shift > 0 {
		class = int64(shift)<<(sizeBits-1) + length>>shift
	}
	s.counts[class]++
}

// Median is the largest length of the class that the median of all lengths is in; 0 if there are none. A nil one counts
// nothing.
func Median(all []*Sizes) int64 {
	var sum [sizeClasses]int64
	total := int64(0)
	for _, s := range all {
		if s == nil {
			continue
		}
		for class, n := range s.counts {
			sum[class] += int64(n)
			total += int64(n)
		}
	}
	seen := int64(0)
	for class, n := range sum {
		if seen += n; 2*seen >= total && n > 0 {
			return largest(class)
		}
	}
	return 0
}

// largest is the largest length of a class.
func largest(class int) int64 {
	const half = 1 << (sizeBits - 1)
	if class < 2*half {
		return int64(class)
	}
	shift := class/half - 1
	return int64(class%half+half+1)<<shift - 1
}
