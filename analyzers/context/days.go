package context

import "math/bits"

// days are some of an account's active days: a bit for each index of Account.Active.
type days []uint64

// add takes more days in, which come as indexes.
func (d *days) add(more []int32) {
	if len(more) == 0 {
		return
	}
	for need := int(more[len(more)-1])/64 + 1; len(*d) < need; {
		*d = append(*d, 0)
	}
	for _, n := range more {
		(*d)[n/64] |= 1 << (n % 64)
	}
}

func (d days) len() int {
	n := 0
	for _, word := range d {
		n += bits.OnesCount64(word)
	}
	return n
}

// at is the index of the nth of them, from 0; there must be so many.
func (d days) at(n int) int {
	for i, word := range d {
		if here := bits.OnesCount64(word); n >= here {
			n -= here
			continue
		}
		for ; n > 0; n-- {
			word &= word - 1
		}
		return 64*i + bits.TrailingZeros64(word)
	}
	return -1
}

func (d days) has(n int32) bool { return int(n/64) < len(d) && d[n/64]&(1<<(n%64)) != 0 }
