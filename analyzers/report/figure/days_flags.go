package figure

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"triage/analyzers/report"
)

// near is how close flags may stand before they become one.
const near = 90.0

// flag stands on the column of a visit, or of several that are too near each other for one each.
type flag struct {
	x         float64
	intruders []string
	visits    int // of intruders
	undecided int
	days      []string
}

// flags name the visits above the plot.
func (d *plot) flags(top float64) {
	var list []flag
	visits := slices.Clone(d.x.Visits)
	slices.SortStableFunc(visits, func(v, u report.Visit) int { return cmp.Compare(v.First, u.First) })
	for i := range visits {
		v := &visits[i]
		bin := binOf(d.x, at(v.First))
		if !d.f.shows(bin) || bin < 0 || bin >= d.x.Bins {
			continue
		}
		x := d.f.middle(bin)
		if n := len(list); n == 0 || x-list[n-1].x >= near {
			list = append(list, flag{x: x})
		}
		list[len(list)-1].add(v)
	}
	taken := 0.0
	for i := range list {
		class, pole := "fig-small fig-b fig-ti", "fig-pole"
		if list[i].visits == 0 {
			class, pole = "fig-small fig-tu", "fig-pole-u"
		}
		next := d.f.end() + 4
		if i+1 < len(list) {
			next = list[i+1].x - 4
		}
		x, anchor, label := list[i].place(taken, next, d.f.narrow)
		d.c.line(pole, list[i].x, top-18, list[i].x, top-4)
		if label == "" {
			continue
		}
		d.c.text(x, top-9, class, anchor, label)
		taken = x + 6
		if anchor == "start" {
			taken += wide(label, 12.5)
		}
	}
}

func (f *flag) add(v *report.Visit) {
	day := shortDay(at(v.First))
	if !slices.Contains(f.days, day) {
		f.days = append(f.days, day)
	}
	if v.Intruder == "" {
		f.undecided++
		return
	}
	f.visits++
	if i := sort.SearchStrings(f.intruders, string(v.Intruder)); i == len(f.intruders) || f.intruders[i] != string(v.Intruder) {
		f.intruders = slices.Insert(f.intruders, i, string(v.Intruder))
	}
}

// labels are what the flag may say, the longest first.
func (f *flag) labels(narrow bool) []string {
	who := strings.Join(f.intruders, ", ")
	if len(f.intruders) > 3 {
		who = strconv.Itoa(len(f.intruders)) + " intruders"
	}
	count := func(n int) string {
		if n == 1 {
			return "one visit"
		}
		return numberWord(n) + " visits"
	}
	switch {
	case f.visits == 0 && len(f.days) == 1:
		return []string{f.days[0]}
	case f.visits == 0:
		return []string{count(f.undecided), strconv.Itoa(f.undecided)}
	case narrow:
		return []string{who}
	case len(f.days) == 1 && f.visits+f.undecided == 1:
		return []string{who + " · " + f.days[0], who}
	case len(f.days) == 1 && f.undecided == 0:
		return []string{who + " · " + f.days[0] + ", " + count(f.visits), who + " · " + f.days[0], who}
	case f.undecided > 0:
		return []string{who + " · " + count(f.visits) + ", " + numberWord(f.undecided) + " undecided", who + " · " + count(f.visits), who}
	default:
		return []string{who + " · " + count(f.visits), who + " · " + strconv.Itoa(f.visits), who}
	}
}

// place finds a side with room for the longest label that fits between what stands left of the flag and the next one.
func (f *flag) place(taken, next float64, narrow bool) (x float64, anchor, label string) {
	for _, s := range f.labels(narrow) {
		w := wide(s, 12.5)
		if f.x-6-w >= taken {
			return f.x - 5, "end", s
		}
		if f.x+6+w <= next {
			return f.x + 5, "start", s
		}
	}
	return f.x, "end", ""
}
