package detect

import (
	"hash/maphash"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Looks is a name as a hasty reader sees it: in lower case, letters that look alike are one, spaces and marks are gone.
// Two names that look the same and are not the same deceive.
func Looks(name string) string {
	s := norm.NFKD.String(strings.ToLower(name))
	return alike.Replace(s)
}

// alike makes letters that look alike one. It is made once: making it takes twenty times as long as its use.
var alike = strings.NewReplacer(
	"rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l", "i", "l", "|", "l", "5", "s", "3", "e", "$", "s",
	"-", "", "_", "", ".", "", " ", "", "\u00a0", "", "\u0131", "l",
	// Cyrillic and Greek letters that look like Latin ones: Unicode Technical Standard 39, confusables.
	"\u0430", "a", "\u0435", "e", "\u043e", "o", "\u0440", "p", "\u0441", "c", "\u0443", "y", "\u0445", "x",
	"\u0456", "l", "\u0455", "s", "\u0458", "j", "\u04bb", "h", "\u0501", "d", "\u03bf", "o", "\u03b1", "a",
	"\u03c1", "p", "\u03bd", "v", "\u03b9", "l", "\u0301", "", "\u0300", "", "\u0308", "", "\u0302", "",
	"\u0303", "", "\u0327", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u00ad", "",
)

// Slips counts the letters inserted, missing, wrong and swapped between two names; more than most is most+1.
func Slips(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if max(len(x), len(y))-min(len(x), len(y)) > most {
		return most + 1
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(y)], most+1)
}

// Neighbours finds, among many names, those that are few slips away from one, without comparing it with all of them.
// Two names are at most k slips apart only if leaving out up to k letters of each can make them the same: what is left
// of every name is kept, by its hash.
type Neighbours struct {
	slips int
	seed  maphash.Seed
	left  []uint64 // sorted: upper half the hash of what is left of a name, lower half the name's number
	long  []int    // names too long for that: each may be a neighbour
}

// longestNeighbour bounds what one name may cost: of 40 letters two can be left out in 780 ways.
const longestNeighbour = 40

// NewNeighbours is the index of these names for at most so many slips. An empty name has no neighbours.
func NewNeighbours(slips int, names []string) *Neighbours {
	n := &Neighbours{slips: slips, seed: maphash.MakeSeed()}
	for i, name := range names {
		switch letters := []rune(name); {
		case len(letters) > longestNeighbour:
			n.long = append(n.long, i)
		case name != "":
			n.each(letters, slips, func(hash uint32) { n.left = append(n.left, uint64(hash)<<32|uint64(i)) })
		}
	}
	slices.Sort(n.left)
	n.left = slices.Clip(slices.Compact(n.left))
	return n
}

// Of are the numbers of all names that are at most so many slips away, ascending, and a few that may be further.
func (n *Neighbours) Of(name string) []int {
	found := slices.Clone(n.long)
	if letters := []rune(name); len(letters) <= longestNeighbour+n.slips {
		n.each(letters, n.slips, func(hash uint32) {
			at, _ := slices.BinarySearch(n.left, uint64(hash)<<32)
			for ; at < len(n.left) && uint32(n.left[at]>>32) == hash; at++ {
				found = append(found, int(uint32(n.left[at])))
			}
		})
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// each calls yield with the hash of all that is left of a name without at most so many of its letters.
func (n *Neighbours) each(letters []rune, less int, yield func(hash uint32)) {
	yield(uint32(maphash.String(n.seed, string(letters))))
	if less == 0 {
		return
	}
	rest := make([]rune, len(letters))
	for i := range letters {
		if i > 0 && letters[i] == letters[i-1] {
			continue // the same is left as without the one before
		}
		n.each(append(append(rest[:0], letters[:i]...), letters[i+1:]...), less-1, yield)
	}
}
